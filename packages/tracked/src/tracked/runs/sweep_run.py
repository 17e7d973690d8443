"""The run of a sweep: its jobs are below it, whichever machines they run on."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Any

from tracked import interrupts
from tracked.errors import UserError
from tracked.runs import processes
from tracked.runs.batch import Batch
from tracked.runs.store import Run, Store

TABLE = "comparison.json"
DESCRIPTION = "mlflow.note.content"
ALIVE = "alive"  # the tag by which other machines see that a sweep is going on: seconds since 1970
SECONDS_BETWEEN_BEATS = 10
SECONDS_TO_SILENCE = 60  # more than the clocks of machines differ


class SweepRun:
    """The run of a sweep that is going on here."""

    def __init__(self, store: Store, run_id: str) -> None:
        self.store, self.run_id = store, run_id

    @staticmethod
    def begin(store: Store, key: str, title: str, params: Mapping[str, Any], command: str) -> "SweepRun":
        """Make the run, or go on with the one of the same key, and close what its predecessor left RUNNING.

        Raises UserError when another process, here or elsewhere, is at it.
        """
        with store.lock, interrupts.held():
            if found := store.search(f"tags.sweep = '{key}'"):
                _refuse_if_going_on(found[-1], alone=store.uri.startswith("sqlite:"))
                sweep = SweepRun(store, found[-1].info.run_id)
                sweep.close("KILLED")
                store.resume(sweep.run_id)
                sweep.beat()
                return sweep
            tags = {"sweep": key, "command": command, ALIVE: _now()}
            return SweepRun(store, store.create(title, tags, params, diff=True))

    def beat(self) -> None:
        """Show other machines that the sweep is going on."""
        self.store.client.set_tag(self.run_id, ALIVE, _now())

    def jobs(self, query: str = "") -> list[Run]:
        """The runs of jobs, newest first; with a filter, those that it finds."""
        return self.store.children(self.run_id, query)

    def close(self, status: str) -> None:
        """End the jobs, and what is below them, that a driver or a launcher left RUNNING."""
        with interrupts.held():
            self._close_below(self.run_id, status)

    def _close_below(self, run_id: str, status: str) -> None:
        for run in self.store.children(run_id, "attributes.status = 'RUNNING'"):
            self._close_below(run.info.run_id, status)
            self.store.client.set_terminated(run.info.run_id, status)

    @interrupts.held()
    def keep(
        self,
        files: Sequence[Path],
        table: Mapping[str, list],
        metrics: Collection[str],
        best: Mapping[str, str],
        curves: Mapping[str, list[float]],
    ) -> None:
        """Log the comparison: files, the last of them a page that has all of it, a table a row a job, and charts.

        `metrics` are the columns of the table that get a chart. `best` are tags that tell the best job, `curves` its
        metrics, a value a step: the last ones stand in the row of the sweep. Where no job is the best, these are means.
        What is there already, of a sweep that goes on, is not written again.
        """
        for file in files:
            self.store.client.log_artifact(self.run_id, str(file))
        self._log_table(dict(table))
        run = self.store.client.get_run(self.run_id).data
        known = run.tags
        charts = {f"jobs/{name}": table[name] for name in metrics}
        batch = Batch()
        for name, values in {**charts, **({} if best and best.items() <= known.items() else curves)}.items():
            old = name in charts and name in run.metrics
            shown = self.store.client.get_metric_history(self.run_id, name) if old else []
            steps = {point.step for point in shown}
            for step, value in enumerate(values, 1):
                batch.add_figures({} if step in steps else {name: value}, step)
        batch.add_tags({**best, **self._linked(files[-1].name, known.get(DESCRIPTION, ""))})
        batch.send(self.store.client, self.run_id)

    def _linked(self, page: str, description: str) -> dict[str, str]:
        """The description as a tag, begun with a link to an artifact: MLflow's page opens it in a tab of its own."""
        place = f"#/experiments/{self.store.experiment_id}/runs/{self.run_id}/artifacts/{page}"
        link = f"[The comparison of all jobs]({place}?workflowType=machine_learning)\n\n"
        return {DESCRIPTION: link + description.removeprefix(link)}

    def _log_table(self, table: dict) -> None:
        """A table that the UI shows. MLflow would append to that of a sweep that goes on."""
        if TABLE in [file.path for file in self.store.client.list_artifacts(self.run_id)]:
            from pandas import DataFrame

            text = DataFrame(table).to_json(orient="split", index=False)
            self.store.client.log_text(self.run_id, text, TABLE)
        else:
            self.store.client.log_table(self.run_id, table, TABLE)

    def end(self, status: str) -> None:
        self.store.end(self.run_id, status)


def _refuse_if_going_on(run: Run, alone: bool) -> None:
    if run.info.status != "RUNNING":
        return
    process = run.data.tags.get("process", "")
    if processes.is_another(process):
        raise UserError(f"this sweep is running already, in process {processes.number(process)}")
    silent = time() - _seconds(run.data.tags.get(ALIVE, ""))
    if not processes.died(process, alone) and silent < SECONDS_TO_SILENCE:
        raise UserError(
            f"this sweep is running already, on {process.partition(' ')[0]}; if that has been stopped, "
            f"try again in {SECONDS_TO_SILENCE - silent:.0f} s"
        )


def _now() -> str:
    return f"{time():.0f}"


def _seconds(text: str) -> float:
    with suppress(ValueError):
        return float(text)
    return 0.0
