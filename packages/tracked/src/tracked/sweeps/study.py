"""A search by Optuna. Its study lives in memory, and is rebuilt at each start from the trials that the sweep's run
lists."""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import optuna
from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

from tracked.errors import UserError
from tracked.sweeps.overrides import distinct
from tracked.sweeps.trials import State

MOST_AGAIN = 20  # draws of settings that were tried before, after which the first that are left are taken
SEEDS = 2**32

optuna.logging.set_verbosity(optuna.logging.ERROR)


class Study:
    """What is drawn next, of the values given for the swept keys, so that the cost becomes small."""

    def __init__(self, swept: Sequence[Override], seed: int) -> None:
        """Raises UserError for values that Optuna can't choose from."""
        self.names = {override.get_key_element(): _name(override) for override in swept}  # of Optuna's parameters
        self.distributions = {_name(override): _distribution(override) for override in swept}
        self.texts = {_name(override): _in_order(override) for override in swept if _by_place(override)}
        self.seed, self.study = seed, optuna.create_study()
        self.tried: set[str] = set()
        self.asked: dict[str, optuna.Trial] = {}  # trials that are going on, by their settings

    def most(self, n_trials: int) -> int:
        """How many of n_trials there can be: no settings are tried twice."""
        values = [_values(distribution) for distribution in self.distributions.values()]
        return n_trials if None in values else min(n_trials, math.prod(len(each or ()) for each in values))

    def knows(self, values: Mapping[str, str]) -> bool:
        """Whether these values, as Hydra writes them, are some that this study could have drawn."""
        try:
            params = self._params(values)
            create_trial(value=0.0, params=params, distributions=self.distributions)  # it checks
        except (KeyError, ValueError, TypeError):
            return False
        return self._written(params) == dict(values)

    def ask(self, n: int) -> list[dict[str, str]]:
        """The values of the next n trials, as Hydra writes them: none that were tried before.

        Each draw depends on the seed and on the trials before it alone, so that a search which was cut off goes on as
        if it had not been.
        """
        return [self._written(self._draw().params) for _ in range(n)]

    def _draw(self) -> optuna.Trial:
        seed = (self.seed + len(self.tried)) % SEEDS
        self.study.sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True)
        for _ in range(MOST_AGAIN):
            trial = self.study.ask(self.distributions)
            if (key := self._key(trial.params)) not in self.tried:
                break
            self.study.tell(trial, state=TrialState.FAIL)  # samplers pass over such
        else:  # few are left, and the sampler comes back to the good ones
            choices = [_values(distribution) or [] for distribution in self.distributions.values()]
            left = (dict(zip(self.distributions, values, strict=True)) for values in product(*choices))
            self.study.enqueue_trial(next(params for params in left if self._key(params) not in self.tried))
            trial = self.study.ask(self.distributions)
            key = self._key(trial.params)
        self.tried.add(key)
        self.asked[key] = trial
        return trial

    def tell(
        self,
        values: Mapping[str, str],
        state: State,
        cost: float | None = None,
        curve: Mapping[int, float] | None = None,
    ) -> None:
        """What became of a trial, of this start or an earlier one: its `cost` if it is COMPLETE, what it reported by
        step, as costs, if it is PRUNED."""
        params, curve = self._params(values), curve or {}
        if trial := self.asked.pop(self._key(params), None):
            for step, reported in curve.items():
                trial.report(reported, step)
            self.study.tell(trial, cost, TrialState[state])
            return
        self.tried.add(self._key(params))
        self.study.add_trial(
            create_trial(
                state=TrialState[state],
                value=cost,
                params=params,
                distributions=self.distributions,
                intermediate_values=dict(curve),
            )
        )

    def _key(self, params: Mapping[str, Any]) -> str:
        return repr(sorted(self._written(params).items()))

    def _written(self, params: Mapping[str, Any]) -> dict[str, str]:
        """The values of the swept keys, as Hydra writes them."""
        return {
            key: self.texts[name][params[name]] if name in self.texts else str(params[name])
            for key, name in self.names.items()
        }

    def _params(self, values: Mapping[str, str]) -> dict[str, Any]:
        """The opposite of `_written`. Raises KeyError or ValueError for what that can't have given."""
        found: dict[str, Any] = {}
        for key, name in self.names.items():
            value, distribution = values[key], self.distributions[name]
            if name in self.texts:
                found[name] = self.texts[name].index(value)
            elif isinstance(distribution, CategoricalDistribution):
                found[name] = value
            else:
                found[name] = int(value) if isinstance(distribution, IntDistribution) else float(value)
        return found


def _values(distribution: BaseDistribution) -> list[Any] | None:
    """All values of a distribution, None where they can't be counted."""
    if isinstance(distribution, CategoricalDistribution):
        return list(distribution.choices)
    if isinstance(distribution, IntDistribution):
        return list(range(distribution.low, distribution.high + 1, distribution.step))
    return None


def _by_place(override: Override) -> bool:
    """Whether Optuna chooses a value by its place among all, in order: steps that are no whole numbers add up to
    other last digits in Optuna than in Hydra, and the last value may be left out."""
    value = override.value()
    if not isinstance(value, RangeSweep) or "log" in value.tags:
        return False
    return not all(isinstance(part, int) for part in (value.start, value.stop, value.step))


def _name(override: Override) -> str:
    return f"place of {override.get_key_element()}" if _by_place(override) else override.get_key_element()


def _in_order(override: Override) -> list[str]:
    return sorted(override.sweep_string_iterator(), key=float)


def _distribution(override: Override) -> BaseDistribution:
    """What Hydra's choice(...), range(...) or interval(...) means to Optuna. Raises UserError for an empty range."""
    try:
        return _of_range(override)
    except (ValueError, IndexError) as error:
        raise UserError(f"{override.get_key_element()}: {' '.join(str(error).split())}") from None


def _of_range(override: Override) -> BaseDistribution:
    """tag(log, ...) means a log scale."""
    value, key = override.value(), override.get_key_element()
    log = "log" in getattr(value, "tags", ())
    if isinstance(value, ChoiceSweep) and not log:
        choices = distinct(override)
        return CategoricalDistribution(sorted(choices) if value.shuffle else choices)  # the same at every start
    if isinstance(value, IntervalSweep) and value.start is not None and value.end is not None:
        low, high = value.start, value.end
        if isinstance(low, int) and isinstance(high, int):
            return IntDistribution(low, high, log)
        return FloatDistribution(low, high, log)
    if isinstance(value, RangeSweep):
        values = _in_order(override)
        if _by_place(override):
            return IntDistribution(0, len(values) - 1)
        if all(isinstance(part, int) for part in (value.start, value.stop, value.step)):
            return IntDistribution(int(values[0]), int(values[-1]), log, abs(int(value.step)))
    raise UserError(
        f"{key}: {str(override.input_line).partition('=')[2]} can't be searched: give choice(a,b), range(1,9), "
        "interval(0.1,1), tag(log,range(1,200)) or tag(log,interval(0.001,1))"
    )
