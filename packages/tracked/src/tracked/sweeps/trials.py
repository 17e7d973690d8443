"""The trials of a search, in order, as tags of the sweep's run: the one record of what has been drawn."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count, takewhile
from typing import Literal

TAG = "trials"  # with a number, as the text is cut into several tags
LONGEST = 4000  # characters of a tag: MLflow cuts off what is beyond 5,000

State = Literal["RUNNING", "COMPLETE", "PRUNED", "FAIL"]  # Optuna's words


@dataclass
class Trial:
    """A trial: its number is its place in the list."""

    values: dict[str, str]  # of the swept keys, as Hydra writes them
    job: str  # the fingerprint of its job, by which its run is found, also below another sweep
    state: State = "RUNNING"
    steps: int = 0  # that the job has reported, if it was ended early


def read(tags: Mapping[str, str]) -> list[Trial]:
    """The trials that a run's tags list. Tags that somebody has changed list none."""
    text = "".join(takewhile(bool, (tags.get(f"{TAG}.{number}", "") for number in count())))
    try:
        listed, _ = json.JSONDecoder().raw_decode(text)  # what is behind it is left of a longer list
        return [Trial(**{key: value for key, value in each.items() if key != "number"}) for each in listed]
    except (ValueError, TypeError, AttributeError):
        return []


def written(trials: Sequence[Trial]) -> dict[str, str]:
    """The tags that list the trials."""
    text = json.dumps([{"number": number, **asdict(trial)} for number, trial in enumerate(trials)])
    starts = range(0, len(text), LONGEST)
    return {f"{TAG}.{number}": text[start : start + LONGEST] for number, start in enumerate(starts)}
