"""What the rows and pages of runs in MLflow say: names, parameters, descriptions."""

from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any

from tracked.dvc import declared, graph
from tracked.goal import first
from tracked.messages import number
from tracked.project import project

NULL = "None"  # what MLflow has of a setting that is null
MOST = 4  # metrics that a table on a page has room for
BOUNDS = ("_low", "_high")  # the ends of an interval


class Pages:
    """The words of a project's pages. A project overrides what it says in another way."""

    def description(self, page: str) -> str:
        """What stands on top of a page, in Markdown: of a stage, "configuration", "sweep" or "pipeline"."""
        return {
            "configuration": "One configuration; its stages are its child runs. **Model metrics** has the curves.",
            "sweep": "One training for each of several settings; they are the child runs. report.html among the "
            "**Artifacts** compares them.",
            "pipeline": "All stages with the settings of one job of a sweep.",
        }.get(page, "")

    def params(self, stage: str, settings: Mapping[str, Any]) -> dict[str, str]:
        """The parameters of a stage's run: what the stage reads, its own section without the section's name; of
        "pipeline", all."""
        if stage not in project().stages:
            return self.flat(settings)
        read = declared.sections([stage])
        section = graph.split(stage)[0]
        own = settings.get(section) if section in read else None
        others = {key: value for key, value in settings.items() if key in read and value is not own}
        return {**self.flat(others), **(self.flat(own) if isinstance(own, Mapping) else {})}

    def columns(self, settings: Mapping[str, Any], stages: Collection[str] | None = None) -> dict[str, str]:
        """What tells trainings apart in the list of runs, of `stages` or of all: all values of a setting where they
        differ in it."""
        trainings = [stage for stage in project().trainings if stages is None or stage in stages]
        sections = dict.fromkeys(graph.split(stage)[0] for stage in trainings)
        each = [self.flat(found) for section in sections if isinstance(found := settings.get(section), Mapping)]
        shown = {key: dict.fromkeys(values[key] for values in each if key in values) for key in chain(*each)}
        return {key: ", ".join(values) for key, values in shown.items() if [*values] != [NULL]}

    def results(self, metrics: Mapping[str, Mapping[str, float]], settings: Mapping[str, Any]) -> str:
        """Markdown on the page of a configuration: one row for each of what was trained and evaluated."""
        names = _shown(metrics)
        rows = [("", *names), ("---",) * (1 + len(names))]
        rows += [(model, *(_number(found.get(name)) for name in names)) for model, found in metrics.items()]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def summary(self, metrics: Mapping[str, Mapping[str, float]], others: Mapping[str, Any]) -> str:
        """What an evaluation ends with on the terminal: one line for each of what was trained; `others` are the
        evaluation's own metrics and parameters."""
        names = _shown(metrics)
        lines = [
            f"{model}: {', '.join(f'{name} {_number(found[name])}' for name in names if name in found)}."
            for model, found in metrics.items()
        ]
        return "\n".join(["", *lines])

    def flat(self, settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
        """Settings by dotted name, as texts: {"a": {"b": 1}} gives a.b = 1."""
        found: dict[str, str] = {}
        for key, value in settings.items():
            found |= (
                self.flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": str(value)}
            )
        return found


def _shown(metrics: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The metrics that a page has room for: those that choose the best, then those of an evaluation."""
    known = first((name for name in chain(*metrics.values()) if not name.endswith(BOUNDS)), project().goals)
    chosen = [name for name in known if any(goal.name == name for goal in project().goals)]
    return list(dict.fromkeys([*chosen, *(name for name in known if name.startswith("test_")), *known]))[:MOST]


def _number(value: float | None) -> str:
    return "-" if value is None else number(value)
