"""`python -m study`: run what changed of the experiments, and make the page of them.

`python -m study NAME ...` finds out the evidence of these names alone, again.
"""

import os
import sys

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # the last bits follow the number of threads

import json
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from study import evidence, making
from study.evidence import Evidence
from study.questions import NAMES, Figures, question
from tracked import script


def main(again: Sequence[str]) -> None:
    """Raises UserError for an evidence that fails, or a claim that no longer holds."""
    started = perf_counter()
    made = making.everything(measured(again))
    say(f"{made} in {perf_counter() - started:.0f} s")


def measured(again: Sequence[str], names: Sequence[str] = NAMES) -> dict[str, Figures]:
    """The figures of these questions, from evidence known or found out now. Raises UserError for one that fails."""
    wanted = {each.name: each for name in names for each in question(name).EVIDENCE.values()}
    results = gathered(list(wanted.values()), again)
    return {
        name: question(name).measure({key: results[each.name] for key, each in question(name).EVIDENCE.items()})
        for name in names
    }


def gathered(wanted: list[Evidence], again: Sequence[str]) -> dict[str, Any]:
    """What each found, by name; what is known already is not found out again."""
    before = {each.name: None if each.name in again else evidence.known(each) for each in wanted}
    left = [each for each in wanted if before[each.name] is None]
    found = {name: result for name, result in before.items() if result is not None}
    for i, each in enumerate(left, 1):
        started = perf_counter()
        say(f"[{i}/{len(left)}] {each.name} ...")
        found[each.name] = evidence.found(each)
        say(f"[{i}/{len(left)}] {each.name}: {perf_counter() - started:.0f} s")
    return json.loads(json.dumps(found))  # each question its own, to change


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    with script():
        main(sys.argv[1:])
