"""The champion: the best version of the registered model by the project's goals.

To find it, all versions are compared once. From then on only later ones are compared with it, however many there are,
until anything else changes: what they are compared by, the champion's metrics or files, an older version's metrics, or
which version the alias is of.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from tracked.goal import best
from tracked.hashes import fingerprint
from tracked.project import project
from tracked.runs import models, trained
from tracked.store.store import Store

CHAMPION = "champion"  # the alias
EVALUATED = "evaluated_on"  # the tag with the hash of the data of the evaluation: by others no two compare
# The tag that marks the champion as the best of all versions up to one: the number of that one, and a hash of what they
# were compared by.
BEST_UNTIL = "best_until"
PAGE = 1000  # versions that are asked for at once


def crown(store: Store, trainings: Mapping[str, Run], data: str) -> str:
    """Give the alias to the best version by an evaluation on these data, of equals to the newest.

    `trainings` are those of the models that were evaluated last: the metrics of a version that learned from other data
    than today's training of the same model are no match for today's. Returns what to say if the alias moves, or "".
    """
    if not project().goals:
        return ""
    name, comparison = project().registered, _Comparison(store, trainings, data)
    with store.lock:
        holder = _holder(store)
        last = comparison.last(holder) if holder else 0
        found = versions(store, f"version_number > {last}" if last else f"tags.{EVALUATED} = '{data}'")
        found += [holder] if holder and last else []
        winner = comparison.best(version for version in found if not models.is_gone(str(version.source)))
        if winner is None:
            return ""
        moves = holder is None or str(holder.version) != str(winner.version)
        if moves:
            store.client.set_registered_model_alias(name, CHAMPION, winner.version)
        # Files that are gone may come back, as with a disk, and with them a better version.
        is_best = comparison.best(found) is winner
        mark = comparison.mark(winner, max([last, *(int(version.version) for version in found)]))
        _mark(store, [*found, *([holder] if holder else [])], {str(winner.version): mark} if is_best else {})
    change = f"{holder.version} -> {winner.version}" if holder else winner.version
    return f"{CHAMPION}: version {change}" if moves else ""


def tell_move(told: str) -> None:
    """Say that the champion moved, if a run that is logged later tells it: on standard error, as standard output may be
    for a program."""
    for line in told.splitlines()[:1]:
        if line.startswith(CHAMPION):
            print(line, file=sys.stderr)


def compare_anew(store: Store) -> None:
    """Have all versions compared next time: another one may be the best by then."""
    holder = _holder(store)
    _mark(store, [holder] if holder else [], {})


def _mark(store: Store, found: Iterable[ModelVersion], marks: Mapping[str, str]) -> None:
    """Give the versions with these numbers their marks, and take those of the others found."""
    name = project().registered
    for number, known in {str(version.version): version.tags.get(BEST_UNTIL) for version in found}.items():
        if number in marks and marks[number] != known:
            store.client.set_model_version_tag(name, number, BEST_UNTIL, marks[number])
        elif number not in marks and known is not None:
            store.client.delete_model_version_tag(name, number, BEST_UNTIL)


def versions(store: Store, query: str) -> list[ModelVersion]:
    """All versions of the registered model that a filter finds."""
    found: list[ModelVersion] = []
    token = None
    while True:
        named = f"name = '{project().registered}' and {query}"
        page = store.client.search_model_versions(named, max_results=PAGE, page_token=token)
        found += page
        token = page.token
        if not token:
            return found


def _holder(store: Store) -> ModelVersion | None:
    try:
        return store.client.get_model_version_by_alias(project().registered, CHAMPION)
    except MlflowException:  # nobody has the alias, or there is no registered model
        return None


class _Comparison:
    """What versions are compared by."""

    def __init__(self, store: Store, trainings: Mapping[str, Run], data: str) -> None:
        self.goals, self.data, self.store = project().goals, data, store.name
        self.learned = {model: training.data.tags.get(trained.DATA) for model, training in trainings.items()}

    def best(self, found: Iterable[ModelVersion]) -> ModelVersion | None:
        """The best of those that were evaluated on these data, and learned from those of today."""
        newest_first = sorted(filter(self._takes, found), key=lambda version: int(version.version), reverse=True)
        by_number = {str(version.version): version for version in newest_first}
        number = best({number: self._metrics(version) for number, version in by_number.items()}, self.goals)
        return by_number[number] if number else None

    def last(self, version: ModelVersion) -> int:
        """The last of the versions of which it is the best; 0 if it has no mark, or one of another comparison."""
        number = version.tags.get(BEST_UNTIL, "").partition(" ")[0]
        is_known = number.isdecimal() and version.tags[BEST_UNTIL] == self.mark(version, int(number))
        return int(number) if is_known and self._takes(version) and not models.is_gone(str(version.source)) else 0

    def mark(self, version: ModelVersion, last: int) -> str:
        """The mark of a version that is the best of those up to the `last`."""
        by: dict[str, Any] = {"store": self.store, "data": self.data, "learned": self.learned, "last": last}
        by |= {"goals": [(goal.name, goal.direction) for goal in self.goals]}
        by |= {"version": str(version.version), "metrics": self._metrics(version)}
        return f"{last} {fingerprint(by)}"

    def _takes(self, version: ModelVersion) -> bool:
        own, model = version.tags.get(trained.DATA), version.tags.get("model", "")
        return version.tags.get(EVALUATED) == self.data and self.learned.get(model, own) == own

    def _metrics(self, version: ModelVersion) -> dict[str, float]:
        return {goal.name: float(version.tags[goal.name]) for goal in self.goals if goal.name in version.tags}
