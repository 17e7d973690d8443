"""One question for many runs has the answer that one for each would have, of a database as of a server."""

import pytest

FILLED = """
import math, random
from mlflow.entities import Metric
from tracked.project import here
from tracked.store import bulk
from tracked.store.store import Store

store, rng, client = Store.at(here().root), random.Random(0), None
bulk.RUNS, bulk.VALUES = 8, 7
runs = []
for i in range(40):
    started = 10 * rng.randrange(99) + i % 10
    run_id = store.client.create_run(store.experiment_id, started, {"job": str(i % 25)}).info.run_id
    values = [rng.choice([rng.random(), float(rng.randrange(3)), math.nan]) for _ in range(rng.randrange(12))]
    times = rng.sample(range(1, 100), len(values))
    points = [Metric(rng.choice("abc"), *of, rng.randrange(4)) for of in zip(values, times)]
    store.client.log_batch(run_id, points)
    store.client.set_terminated(run_id, rng.choice(["FINISHED", "FINISHED", "FAILED", "KILLED"]))
    if i % 9 == 0:
        store.client.delete_run(run_id)
    runs.append(run_id)

asked = []
def counted(name):
    method = getattr(store.client, name)
    setattr(store.client, name, lambda *args, **more: asked.append(name) or method(*args, **more))
counted("get_metric_history")
counted("search_runs")

def history(run_id, metric):
    return [(point.step, point.value) for point in store.client.get_metric_history(run_id, metric)]

def check(run_ids, metrics):
    asked.clear()
    found = bulk.histories(store, run_ids, metrics)
    n = len(asked)
    alone = {run_id: {name: history(run_id, name) for name in metrics} for run_id in run_ids}
    assert found.keys() == alone.keys()
    for run_id in alone:
        assert repr({name: found[run_id].get(name, []) for name in metrics}) == repr(alone[run_id])
    return n

def check_jobs(values):
    asked.clear()
    found = {value: run.info.run_id for value, run in bulk.newest_finished(store, "job", values).items()}
    n = len(asked)
    alone = {}
    for value in values:
        for run in store.search(f"tags.job = '{value}' and attributes.status = 'FINISHED'", most=1):
            alone[value] = run.info.run_id
    assert found == alone and 5 < len(alone) < len(values)
    return n

JOBS = [str(i) for i in range(30)]
"""
SWEEP = """
import atexit, runpy, threading
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

asked = []
def counted(name):
    method = getattr(SqlAlchemyStore, name)
    def call(*args, **more):
        if threading.current_thread() is threading.main_thread():  # another one looks at the progress now and then
            asked.append(name)
        return method(*args, **more)
    setattr(SqlAlchemyStore, name, call)
for name in ("get_metric_history", "_search_runs", "get_run"):
    counted(name)
atexit.register(lambda: print(*asked))
runpy.run_module("tiny.fit_slow", run_name="__main__")
"""


@pytest.mark.long
def test_a_database_is_asked_once_for_many(tiny):
    told = tiny.python(
        f"{FILLED}print(check(runs, 'abx'), check(runs[:1], 'abc'), check([], 'a'), check(runs, ''), check_jobs(JOBS))"
    )
    assert told.stdout.split() == ["0", "0", "0", "0", "2"]  # to read the runs that were found, 8 at a time


@pytest.mark.long
def test_a_server_is_asked_once_for_many_until_its_answer_is_full(tiny, tmp_path):
    with tiny.serve(tmp_path / "server") as uri:
        ask = "print(check(runs, 'abx'), check(runs[:1], 'abc'), check([], 'a'), check_jobs(JOBS))"
        cut = "bulk.MOST = 5\nprint(0 < check(runs, 'abx') < 80)"
        other = "bulk.OF_SERVER = '/api/2.0/no-such-question'\nprint(check(runs, 'abx'))"
        told = tiny.python("\n".join((FILLED, ask, cut, other)), MLFLOW_TRACKING_URI=uri)
    assert told.stdout.split() == ["0", "3", "0", "30", "True", "120"]


@pytest.mark.long
def test_the_same_sweep_again_asks_no_more_for_more_jobs(tiny):
    asked = []
    for n in (2, 12):
        sweep = ("-m", "hydra/sweeper=grid", f"fit_slow.epochs={n}", f"fit_slow.rate=range(1,{1 + n})")
        tiny.run("python", "-m", "tiny.fit_slow", *sweep)
        told = tiny.run("python", "-c", SWEEP, *sweep).stdout
        assert f"{n} jobs: 0 done, 0 running, {n} skipped" in told
        asked.append(told.splitlines()[-1])
    assert asked[0] == asked[1]
