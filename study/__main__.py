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
from study.questions import NAMES, question
from tracked import interrupts
from tracked.stages.lines import errors_in_one_line


def main(again: Sequence[str]) -> None:
    """Raises UserError for an evidence that fails, or a claim that no longer holds."""
    interrupts.install()
    started = perf_counter()
    wanted = {each.name: each for name in NAMES for each in question(name).EVIDENCE.values()}
    results = gathered(list(wanted.values()), again)
    figures = {}
    for name in NAMES:
        module = question(name)
        figures[name] = module.measure({key: results[each.name] for key, each in module.EVIDENCE.items()})
    made = making.everything(figures)
    say(f"{made} in {perf_counter() - started:.0f} s")


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
    with errors_in_one_line():
        main(sys.argv[1:])
