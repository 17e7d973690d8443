"""A search by Optuna, kept on disk: it goes on where it stopped."""

from collections.abc import Sequence
from pathlib import Path

import optuna
from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from tracked.errors import UserError
from tracked.sweeps import journal as journals

JOB = "job"  # the attribute of a trial that has the fingerprint of its job


class Study:
    """Trials of the swept keys, in a journal file."""

    def __init__(self, journal: Path, swept: Sequence[Override], seed: int) -> None:
        """Raises UserError for values that Optuna can't choose from, or when the journal is damaged."""
        self.distributions = {override.get_key_element(): _distribution(override) for override in swept}
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
                self.study.enqueue_trial(trial.params)
        journals.note(journal)
        self.n_failed = 0  # since this start: what failed before is tried again
        self.asked: list[optuna.Trial] = []

    def left(self, n_trials: int) -> int:
        """How many of n_trials are still to run."""
        return n_trials - len(self._done()) - self.n_failed

    def ask(self, n: int) -> list[dict[str, str]]:
        """The values of the next n trials, as Hydra writes them."""
        self.asked = [self.study.ask(self.distributions) for _ in range(n)]
        journals.note(self.journal)
        return [_written(trial.params) for trial in self.asked]

    def tell(self, found: Sequence[tuple[str, float | None]]) -> None:
        """The fingerprints of the jobs of the trials asked for last, and their objectives: None if they failed."""
        for trial, (job, objective) in zip(self.asked, found, strict=True):
            if objective is None:
                self.study.tell(trial, state=TrialState.FAIL)
                self.n_failed += 1
            else:
                trial.set_user_attr(JOB, job)
                self.study.tell(trial, objective)
        journals.note(self.journal)

    def earlier(self) -> list[tuple[dict[str, str], str]]:
        """The values of the trials that are done, and the fingerprints of their jobs."""
        return [(_written(trial.params), trial.user_attrs[JOB]) for trial in self._done()]

    def _done(self) -> list[optuna.trial.FrozenTrial]:
        return self.study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])


def _opened(journal: Path) -> optuna.Study:
    try:
        storage = JournalStorage(JournalFileBackend(str(journal)))
        return optuna.create_study(storage=storage, study_name="sweep", direction="minimize", load_if_exists=True)
    except OSError:
        raise
    except Exception:  # lines that are not Optuna's end in whatever comes
        raise journals.damaged(journal) from None


def _written(params: dict[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in params.items()}


def _distribution(override: Override) -> BaseDistribution:
    """What Hydra's choice(...), range(...) or interval(...) means to Optuna. Raises UserError for an empty range."""
    try:
        return _of_range(override)
    except (ValueError, IndexError) as error:
        raise UserError(f"{override.get_key_element()}: {' '.join(str(error).split())}") from None


def _of_range(override: Override) -> BaseDistribution:
    """tag(log, ...) means a log scale."""
    value, key = override.value(), override.get_key_element()
    if isinstance(value, ChoiceSweep):
        return CategoricalDistribution(list(override.sweep_string_iterator()))
    if isinstance(value, IntervalSweep) and value.start is not None and value.end is not None:
        low, high, log = value.start, value.end, "log" in value.tags
        if isinstance(low, int) and isinstance(high, int):
            return IntDistribution(low, high, log)
        return FloatDistribution(low, high, log)
    if isinstance(value, RangeSweep) and isinstance(value.start, int) and isinstance(value.stop, int):
        values = range(value.start, value.stop, int(value.step))
        return IntDistribution(values[0], values[-1], step=values.step)
    raise UserError(f"{key}: give choice(a,b), range(1,9), interval(0.1,1) or tag(log,interval(0.001,1)) to a search")
