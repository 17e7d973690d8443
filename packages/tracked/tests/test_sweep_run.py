"""The run of a sweep: one driver at a time, whichever machine it is on, and nothing of a dead one left RUNNING."""

import time

import pytest

OPEN = """
from tracked.errors import UserError
from tracked.project import here
from tracked.store.store import Store
from tracked.runs.sweep_run import SweepRun
store = Store.at(here().root)
def begin():
    try:
        return SweepRun.begin(store, "key", "title", {"a": 1}, "make")
    except UserError as error:
        print(error, flush=True)
"""
BEGUN = f"{OPEN}sweep = begin()\nif sweep: print(sweep.run_id, flush=True)\n"


@pytest.mark.long
def test_a_sweep_goes_on_with_its_run_unless_another_process_is_at_it(tiny_copy):
    first = tiny_copy.python(BEGUN).stdout.strip()
    assert {run["id"]: run["status"] for run in tiny_copy.runs()}[first] == "KILLED"  # it never ended it
    process = tiny_copy.start("python", "-c", f"{BEGUN}import time; time.sleep(60)")
    try:
        assert process.stdout.readline().strip() == first
        refused = tiny_copy.python(BEGUN).stdout.strip()
        assert refused == f"this sweep is running already, in process {process.pid}"
    finally:
        process.kill()
        process.communicate()


@pytest.mark.long
def test_a_sweep_of_another_machine_is_left_alone_while_it_shows_that_it_is_alive(tiny_copy):
    elsewhere = f"""
said = {{"sweep": "key", "process": "elsewhere 1:1", "alive": "{time.time():.0f}"}}
parent = store.create("title", said, {{}}, False)
tags = {{"mlflow.parentRunId": parent, "process": "elsewhere 2:1", "job": "j"}}
store.create("job", tags, {{}}, False)
store.create("below", {{**tags, "mlflow.parentRunId": store.search("tags.job = 'j'")[0].info.run_id}}, {{}}, False)
begin()
store.client.set_tag(parent, "alive", "{time.time() - 70:.0f}")
print(begin().run_id == parent)
print(*(run.info.status for run in store.search("tags.job = 'j'")))
"""
    refused, mine, jobs = tiny_copy.python(OPEN + elsewhere).stdout.splitlines()
    assert refused.startswith("this sweep is running already, on elsewhere; if that has been stopped, try again in ")
    assert mine == "True"
    assert jobs == "KILLED KILLED"
