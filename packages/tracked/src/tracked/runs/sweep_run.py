"""The run of a sweep: its jobs are below it, whichever machines they run on."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Any

from tracked.errors import UserError
from tracked.runs import PRUNED_AT
from tracked.secrets.masking import masked
from tracked.store import bulk, processes
from tracked.store.batch import Batch, rounded
from tracked.store.store import Run, Store

TABLE, SETTINGS_TABLE = "comparison.json", "settings.json"
RULE = "\n\n---\n\n"  # between the report on the jobs and the rest of the description
VERDICT = "verdict"  # the tag that tells which settings differ beyond chance
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
        with store.lock:
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

    def pruned(self) -> dict[str, int]:
        """The jobs that were ended early, by fingerprint, with the step at which each was."""
        tags = [run.data.tags for run in self.jobs("attributes.status = 'KILLED'")]
        return {one["job"]: int(one[PRUNED_AT]) for one in tags if "job" in one and PRUNED_AT in one}

    def tags(self) -> dict[str, str]:
        """The tags of the sweep itself."""
        return self.store.client.get_run(self.run_id).data.tags

    def tag(self, tags: Mapping[str, str]) -> None:
        """Give it tags, all in one transaction."""
        self.store.log(self.run_id, tags=tags)

    def close(self, status: str) -> None:
        """End the jobs, and what is below them, that a driver or a launcher left RUNNING."""
        self._close_below(self.run_id, status)

    def _close_below(self, run_id: str, status: str) -> None:
        for run in self.store.children(run_id, "attributes.status = 'RUNNING'"):
            self._close_below(run.info.run_id, status)
            self.store.client.set_terminated(run.info.run_id, status)

    def keep(
        self,
        files: Sequence[Path],
        table: Mapping[str, list],
        metrics: Collection[str],
        best: Mapping[str, str],
        curves: Mapping[str, list[float]],
    ) -> None:
        """Log the comparison: files, a table with one row per job, and charts.

        `metrics` are the columns of the table that get a chart. `best` are tags that tell the best job, `curves` its
        metrics, a value a step: the last ones stand in the row of the sweep. Where no job is the best, these are means.
        What is there already, of a sweep that goes on, is not written again.
        """
        for file in files:
            self.store.client.log_artifact(self.run_id, str(file))
        self._log_table(TABLE, dict(table))
        run = self.store.client.get_run(self.run_id).data
        known = run.tags
        batch = Batch()
        self._add_charts(batch, {f"jobs/{name}": table[name] for name in metrics}, run.metrics)
        for name, values in ({} if best and best.items() <= known.items() else curves).items():
            for step, value in enumerate(values, 1):
                batch.add_metrics({name: value}, step)
        batch.add_tags(best)
        batch.send(self.store.client, self.run_id)

    def keep_settings(self, table: Mapping[str, list], metrics: Collection[str], verdict: Sequence[str]) -> None:
        """Log the settings that seeds repeat: a table with one row per setting, a chart of the means of each of the
        `metrics`, and which settings differ beyond chance, as a tag."""
        self._log_table(SETTINGS_TABLE, dict(table))
        batch = Batch()
        charts = {f"settings/{name}": table[f"{name}_mean"] for name in metrics}
        self._add_charts(batch, charts, self.store.client.get_run(self.run_id).data.metrics)
        batch.add_tags({VERDICT: masked("\n".join(verdict))})
        batch.send(self.store.client, self.run_id)

    def _add_charts(self, batch: Batch, charts: Mapping[str, Sequence[float]], known: Collection[str]) -> None:
        """Charts with a value a step, but for what they show already."""
        old = bulk.histories(self.store, [self.run_id], charts.keys() & set(known))[self.run_id]
        for name, values in charts.items():
            shown = dict(old.get(name, []))
            for step, value in enumerate(values, 1):
                if step not in shown or rounded(value) != shown[step]:
                    batch.add_metrics({name: value}, step)

    def keep_page(self, page: Path, told: str) -> None:
        """Log a page that has all of it. The description begins with a link to it, which MLflow opens in a tab of its
        own, and what is `told`, in Markdown, instead of what was told before."""
        self.store.client.log_artifact(self.run_id, str(page))
        address = f"#/experiments/{self.store.experiment_id}/runs/{self.run_id}/artifacts/{page.name}"
        link = f"[The comparison of all jobs]({address}?workflowType=machine_learning)\n\n"
        old = self.store.client.get_run(self.run_id).data.tags.get(DESCRIPTION, "")
        own = old.partition(RULE)[2] or old.removeprefix(link) if old.startswith(link) else old
        self.store.client.set_tag(self.run_id, DESCRIPTION, f"{link}{told}{RULE}{own}")

    def _log_table(self, name: str, table: dict) -> None:
        """A table that the UI shows. MLflow would append to that of a sweep that goes on."""
        if name in [file.path for file in self.store.client.list_artifacts(self.run_id)]:
            from pandas import DataFrame

            text = DataFrame(table).to_json(orient="split", index=False)
            self.store.client.log_text(self.run_id, text, name)
        else:
            self.store.client.log_table(self.run_id, table, name)

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
