"""Time the UI in a real browser: `python bench/ui.py [RUNS]`, after `dvc repro`.

From `make ui` to a page that shows runs; and, with 1,000 runs in a copy of the store, from the link to the list.
"""

import shutil
import sys
import tempfile
from time import perf_counter

import browser
from playwright.sync_api import Page
from repository import ROOT, environment


def fill(store: str, n: int) -> None:
    """Add copies of the trainings to a store, each under a configuration, until it has n runs."""
    import mlflow
    from mlflow.entities import Metric, Param, RunTag

    client = mlflow.MlflowClient(store)
    trained = list(client.search_runs(["1"], 'tags.model != ""'))
    present = len(client.search_runs(["1"], max_results=n))
    parent = ""
    for i in range(n - present):
        like = trained[i % len(trained)]
        if i % 5 == 0:
            parent = client.create_run("1", run_name=f"configuration {i}").info.run_id
            client.set_terminated(parent)
            continue
        tags = {key: value for key, value in like.data.tags.items() if not key.startswith("mlflow.")}
        run = client.create_run("1", tags={**tags, "mlflow.parentRunId": parent}, run_name=like.info.run_name)
        metrics = [Metric(key, value, 0, step) for key, value in like.data.metrics.items() for step in range(1, 31)]
        params = [Param(key, value) for key, value in like.data.params.items()]
        client.log_batch(run.info.run_id, metrics, params, [RunTag("copy", str(i))])
        client.set_terminated(run.info.run_id)


def until_runs(page: Page, link: str) -> float:
    """Seconds from opening the link to the first row of the list."""
    started = perf_counter()
    page.goto(link)
    page.locator(".ag-center-cols-container .ag-row").first.wait_for(timeout=60_000)
    return perf_counter() - started


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with browser.browser() as opened:
        started = perf_counter()
        with browser.ui(ROOT, environment(ROOT)) as (link, _):
            answered = perf_counter() - started
            shown = until_runs(browser.new_page(opened), link)
        print(f"make ui: the link after {answered:.1f} s, the runs after {answered + shown:.1f} s")
        with tempfile.TemporaryDirectory() as folder:
            store = f"sqlite:///{folder}/mlflow.db"
            shutil.copy(ROOT / "mlflow.db", folder)
            fill(store, n)
            with browser.ui(ROOT, environment(ROOT, MLFLOW_TRACKING_URI=store)) as (link, _):
                times = [until_runs(browser.new_page(opened), link) for _ in range(5)]
        print(f"{n} runs in the store: the list after " + ", ".join(f"{seconds:.1f}" for seconds in times) + " s")


if __name__ == "__main__":
    main()
