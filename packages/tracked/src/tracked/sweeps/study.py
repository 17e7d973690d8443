"""A search by Optuna, kept on disk: it goes on where it stopped."""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import optuna
from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from tracked.errors import UserError
from tracked.sweeps import journal as journals
from tracked.sweeps.overrides import distinct

MOST_AGAIN = 20  # settings that the sampler asks for once more, before the first that are left are tried
JOB = "job"  # the attribute of a trial that has the fingerprint of its job


class Study:
    """Trials of the swept keys, in a journal file."""

    def __init__(self, journal: Path, swept: Sequence[Override], seed: int) -> None:
        """Raises UserError for values that Optuna can't choose from, or when the journal is damaged."""
        self.names = {override.get_key_element(): _name(override) for override in swept}  # of Optuna's parameters
        self.distributions = {_name(override): _distribution(override) for override in swept}
        self.texts = {_name(override): _in_order(override) for override in swept if _by_place(override)}
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        journal.parent.mkdir(parents=True, exist_ok=True)
        journals.check(journal)
        self.journal, self.study = journal, _opened(journal)
        before = self.study.get_trials(deepcopy=False)
        # Otherwise a continued search would draw its first trials again.
        self.study.sampler = optuna.samplers.TPESampler(seed=seed + len(before), constant_liar=True)
        for trial in before:
            if trial.state == TrialState.RUNNING:  # cut off: once more
                self.study.tell(trial.number, state=TrialState.FAIL)
                if trial.params.keys() == self.distributions.keys():
                    self.study.enqueue_trial(trial.params)
        journals.note(journal)
        self.n_failed = 0  # since this start: what failed before is tried again
        self.asked: list[optuna.Trial] = []
        self.known = {self._key(trial.params): trial.value for trial in self._done()}

    def total(self, n_trials: int) -> int:
        """How many of n_trials there can be: no settings are tried twice."""
        values = [_values(distribution) for distribution in self.distributions.values()]
        return n_trials if None in values else min(n_trials, math.prod(len(each or ()) for each in values))

    def left(self, n_trials: int) -> int:
        """How many of n_trials are still to run."""
        return self.total(n_trials) - len(self._done()) - self.n_failed

    def ask(self, n: int) -> list[dict[str, str]]:
        """The values of the next n trials, as Hydra writes them: none that were asked for before."""
        self.asked = [self._new_trial() for _ in range(n)]
        journals.note(self.journal)
        return [self._written(trial.params) for trial in self.asked]

    def _new_trial(self) -> optuna.Trial:
        for _ in range(MOST_AGAIN):
            trial = self.study.ask(self.distributions)
            if self._key(trial.params) not in self.known:
                break
            value = self.known[self._key(trial.params)]
            self.study.tell(trial, value, state=None if value is not None else TrialState.FAIL)
        else:  # few are left, and the sampler comes back to the good ones
            choices = [_values(distribution) or [] for distribution in self.distributions.values()]
            left = (dict(zip(self.distributions, values, strict=True)) for values in product(*choices))
            self.study.enqueue_trial(next(params for params in left if self._key(params) not in self.known))
            trial = self.study.ask(self.distributions)
        self.known[self._key(trial.params)] = None
        return trial

    def _key(self, params: Mapping[str, Any]) -> str:
        return repr(sorted(self._written(params).items()))

    def _written(self, params: Mapping[str, Any]) -> dict[str, str]:
        """The values of the swept keys, as Hydra writes them."""
        return {
            key: self.texts[name][params[name]] if name in self.texts else str(params[name])
            for key, name in self.names.items()
        }

    def tell(self, found: Sequence[tuple[str, float | None]]) -> None:
        """The fingerprints of the jobs of the trials asked for last, and their objectives: None if they failed."""
        for trial, (job, objective) in zip(self.asked, found, strict=True):
            if objective is None:
                self.study.tell(trial, state=TrialState.FAIL)
                self.n_failed += 1
            else:
                self.known[self._key(trial.params)] = objective
                trial.set_user_attr(JOB, job)
                self.study.tell(trial, objective)
        journals.note(self.journal)

    def earlier(self) -> list[tuple[dict[str, str], str]]:
        """The values of the trials that are done, and the fingerprints of their jobs."""
        return [(self._written(trial.params), trial.user_attrs[JOB]) for trial in self._done()]

    def _done(self) -> list[optuna.trial.FrozenTrial]:
        """The trials whose jobs have run, each of the settings once."""
        done = self.study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
        known = self.distributions.keys()  # other versions of this library had other names
        return [trial for trial in done if JOB in trial.user_attrs and trial.params.keys() == known]


def _opened(journal: Path) -> optuna.Study:
    try:
        storage = JournalStorage(JournalFileBackend(str(journal)))
        return optuna.create_study(storage=storage, study_name="sweep", direction="minimize", load_if_exists=True)
    except OSError:
        raise
    except Exception:  # lines that are not Optuna's end in whatever comes
        raise journals.damaged(journal) from None


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
