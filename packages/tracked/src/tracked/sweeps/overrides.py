"""The overrides of a sweep: what its file and the command line say, and every combination of the values given."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from hydra.core.config_loader import ConfigLoader
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import IntervalSweep, Override, QuotedString, RangeSweep, Transformer

from tracked.errors import UserError
from tracked.project import project

MOST_JOBS = 10_000  # of a sweep: all are composed before the first runs


def given(params: Mapping[str, Any], arguments: list[str], name: str, loader: ConfigLoader) -> list[Override]:
    """What a sweep of the stage `name` varies and what it fixes; for a key given twice, the command line's.

    `params` are the sweep's file's; a file may vary the settings of several trainings, of which one runs.
    """
    away = others(name)
    lines = [f"{key}={value}" for key, value in params.items() if section(str(key)) not in away]
    parser = OverridesParser.create(config_loader=loader)
    of_file = parser.parse_overrides(lines)
    for override in of_file:
        if not override.is_sweep_override():  # Hydra composes before it reads these
            raise UserError(f"{override.input_line}: give several values in hydra.sweeper.params; one is a setting")
    chosen = _last([*of_file, *parser.parse_overrides(arguments)])
    _check([override for override in chosen if override.is_sweep_override()])
    return chosen


def _last(parsed: Sequence[Override]) -> list[Override]:
    """The overrides that count, in order: of one key the last, unless that is a dictionary, which Hydra merges into
    what is there."""
    chosen: list[Override] = []
    replaced: set[str] = set()
    for override in reversed(parsed):
        key = override.get_key_element()
        if key not in replaced:
            chosen.insert(0, override)
        if override.is_sweep_override() or not isinstance(override.value(), dict):
            replaced.add(key)
    return chosen


def lines(overrides: Iterable[Override], values: Mapping[str, str]) -> list[str]:
    """Overrides as Hydra reads them, in their order, each that is swept with its one of the `values`."""
    made = []
    for override in overrides:
        key = override.get_key_element()
        is_one = key in values and not isinstance(override.value(), dict)  # a dictionary beside it goes with each
        made.append(f"{key}={values[key]}" if is_one or override.is_sweep_override() else str(override.input_line))
    return made


def bare(key: str) -> str:
    """The key of a setting or a group, of a key as it stands in overrides."""
    return key.lstrip("+~").partition("@")[0]


def related(a: str, b: str) -> bool:
    """Whether one of two keys, as they stand in overrides, is the other or a part of it."""
    first, second = (re.split(r"[./]", bare(key)) for key in (a, b))
    n = min(len(first), len(second))
    return first[:n] == second[:n]


def _check(swept: list[Override]) -> None:
    """Raises UserError for a key that is swept twice, a range without values, and more jobs than can be composed."""
    first: dict[str, Override] = {}
    for override in swept:
        if (other := first.setdefault(bare(override.get_key_element()), override)) is not override:
            raise UserError(f"{other.input_line} and {override.input_line}: give the values of a key once")
    if math.prod(map(_n_values, swept)) > MOST_JOBS:
        raise UserError(f"more than {MOST_JOBS} jobs: {', '.join(override.get_key_element() for override in swept)}")


def _n_values(override: Override) -> int:
    """How many values of a key are given, counted to just above MOST_JOBS; of an interval 1, as one is drawn.

    Raises UserError when there are none.
    """
    key, value = override.get_key_element(), override.value()
    if isinstance(value, IntervalSweep):
        low, high = value.start or 0.0, value.end or 0.0
        if not -math.inf < low <= high < math.inf:  # NaN neither
            raise UserError(f"{key}: interval({low:g},{high:g}) is empty or has no end")
        return 1
    try:
        n = sum(1 for _ in islice(override.sweep_string_iterator(), MOST_JOBS + 1))
    except (ValueError, ZeroDivisionError) as error:
        raise UserError(f"{key}: {error}") from None
    if not n:
        raise UserError(f"{key}: there is no value in {str(override.input_line).partition('=')[2]}")
    return n


def together(params: Mapping[str, Any], arguments: list[str], swept: Iterable[Override]) -> tuple[str, ...]:
    """The keys that go side by side when the whole pipeline runs: what a sweep's file varies in several trainings is
    one question put to each, so a job has the first values of all, the next the second ones. None if it is one's."""
    said = {line.partition("=")[0].lstrip("+") for line in arguments}
    trainings = set(project().trainings)
    keys = [override.get_key_element() for override in swept]
    found = tuple(key for key in keys if key in params and key not in said and section(key) in trainings)
    return found if len({section(key) for key in found}) > 1 else ()


def combinations(swept: Iterable[Override], together: Collection[str] = ()) -> Iterator[dict[str, str]]:
    """Every combination of the values, as Hydra writes them, by key; those of the keys `together` side by side.

    Raises UserError when these have different numbers of values.
    """
    given = {override.get_key_element(): override for override in swept}
    values = {
        key: [*override.sweep_string_iterator()] if key in together else distinct(override)
        for key, override in given.items()
    }
    alone = [[{key: value} for value in values[key]] for key in values if key not in together]
    if len({len(values[key]) for key in together}) > 1:
        counts = ", ".join(f"{len(values[key])} of {key}" for key in together)
        raise UserError(f"the sweep's file varies these side by side and needs as many values of each: {counts}")
    columns = [[(key, value) for value in values[key]] for key in together]
    beside = [[dict(row) for row in zip(*columns, strict=True)]] if together else []
    for parts in product(*beside, *alone):
        job = {key: value for part in parts for key, value in part.items()}
        yield {key: job[key] for key in values}


def distinct(override: Override) -> list[str]:
    """The values given, as Hydra writes them, each once: 0.1 and 0.10 are one, as are a and 'a'."""
    found: dict[str, str] = {}
    for value in override.sweep_iterator():
        plain = value.text if isinstance(value, QuotedString) else value
        found.setdefault(f"{type(plain).__name__} {plain}", str(Transformer.str(value)))
    return list(found.values())


def ends(override: Override) -> list[str]:
    """Of the values given, as Hydra writes them, those that may choose files, or else the first and the last."""
    value = override.value()
    if isinstance(value, IntervalSweep):
        return [str(value.start), str(value.end)]
    values = distinct(override)
    return [values[0], values[-1]] if isinstance(value, RangeSweep) else values


def corners(swept: Sequence[Override]) -> Iterator[dict[str, str]]:
    """Jobs among which every setting differs that differs among all jobs: the first, and those with another value of
    one key."""
    each = {override.get_key_element(): ends(override) for override in swept}
    first = {key: values[0] for key, values in each.items()}
    yield first
    yield from (first | {key: value} for key, values in each.items() for value in values[1:])


def about_settings(lines: Iterable[str]) -> list[str]:
    """Those that are not about Hydra, nor choose a sweep's file."""
    return [line for line in lines if not line.lstrip("+").startswith(("hydra.", "hydra/", "sweep="))]


def others(name: str) -> set[str]:
    """The trainings that do not run when `name` is swept, by the names of their sections."""
    trainings = set(project().trainings)
    return trainings - {name} if name in trainings else set()


def section(key: str) -> str:
    """train_keras for train_keras/optimizer and train_keras.n_hidden."""
    return key.replace("/", ".").partition(".")[0]
