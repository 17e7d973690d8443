"""`python -m study`: run what changed of the experiments, and make the page of them.

`python -m study NAME ...` runs these alone, again, and writes no page: experiments, sweeps, or questions by module.
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
from tracked import UserError, script


def main(wanted: Sequence[str]) -> None:
    """Raises UserError for a name that nothing has, an evidence that fails, or a claim that no longer holds."""
    started = perf_counter()
    if wanted:
        alone(wanted)
    else:
        say(f"{making.everything(measured())} in {perf_counter() - started:.0f} s")


def alone(wanted: Sequence[str]) -> None:
    """Find out the evidence of these names, whether it is known or not."""
    by_name: dict[str, dict[str, Evidence]] = {}
    for name in NAMES:
        for each in question(name).EVIDENCE.values():
            for called in (name, each.name, each.title):
                by_name.setdefault(called, {})[each.name] = each
    if unknown := [name for name in wanted if name not in by_name]:
        raise UserError(f"no experiment, sweep or question is called {unknown[0]!r}, only: {'; '.join(by_name)}")
    chosen = {name: each for called in wanted for name, each in by_name[called].items()}
    found_out(list(chosen.values()))
    titles = ", ".join(each.title for each in chosen.values())
    say(f"The figures are in MLflow: {titles}. `make study` makes the page of them.")


def measured(names: Sequence[str] = NAMES) -> dict[str, Figures]:
    """The figures of these questions, from evidence known or found out now. Raises UserError for one that fails."""
    wanted = {each.name: each for name in names for each in question(name).EVIDENCE.values()}
    results = gathered(list(wanted.values()))
    return {
        name: question(name).measure({key: results[each.name] for key, each in question(name).EVIDENCE.items()})
        for name in names
    }


def gathered(wanted: list[Evidence]) -> dict[str, Any]:
    """What each found, by name; what is known already is not found out again."""
    before = {each.name: evidence.known(each) for each in wanted}
    known = {name: result for name, result in before.items() if result is not None}
    found = known | found_out([each for each in wanted if each.name not in known])
    return json.loads(json.dumps(found))  # each question its own, to change


def found_out(wanted: list[Evidence]) -> dict[str, Any]:
    """Run them one after the other, and say how long each takes."""
    found = {}
    for i, each in enumerate(wanted, 1):
        started = perf_counter()
        say(f"[{i}/{len(wanted)}] {each.name} ...")
        found[each.name] = evidence.found(each)
        say(f"[{i}/{len(wanted)}] {each.name}: {perf_counter() - started:.0f} s")
    return found


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    with script():
        main(sys.argv[1:])
