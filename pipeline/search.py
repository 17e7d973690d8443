"""A search by Optuna, kept on disk: it goes on where it stopped."""

from pathlib import Path
from typing import Any

import optuna
from hydra.core.override_parser.types import ChoiceSweep, IntervalSweep, Override, RangeSweep
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from digitrack.errors import UserError

optuna.logging.set_verbosity(optuna.logging.ERROR)


def distribution(override: Override) -> BaseDistribution:
    """What Hydra's choice(...), range(...) or interval(...) means to Optuna; tag(log, ...) for a log scale."""
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


class Study:
    """Trials of the swept keys, in a journal file."""

    def __init__(self, journal: Path, swept: list[Override], seed: int) -> None:
        journal.parent.mkdir(parents=True, exist_ok=True)
        storage = JournalStorage(JournalFileBackend(str(journal)))
        study = optuna.create_study(storage=storage, study_name="sweep", direction="minimize", load_if_exists=True)
        before = study.get_trials(deepcopy=False)
        # Otherwise a continued search would draw its first trials again.
        study.sampler = optuna.samplers.TPESampler(seed=seed + len(before), constant_liar=True)
        for trial in before:
            if trial.state == TrialState.RUNNING:  # cut off: once more
                study.tell(trial.number, state=TrialState.FAIL)
                study.enqueue_trial(trial.params)
        self.study, self.n_failed = study, 0
        self.distributions = {override.get_key_element(): distribution(override) for override in swept}
        self.asked: list[optuna.Trial] = []

    def left(self, n_trials: int) -> int:
        """How many of n_trials are still to run."""
        done = self.study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
        return n_trials - len(done) - self.n_failed

    def ask(self, n: int) -> list[dict[str, Any]]:
        """The values of the next n trials."""
        self.asked = [self.study.ask(self.distributions) for _ in range(n)]
        return [trial.params for trial in self.asked]

    def tell(self, notes: list[dict[str, Any]]) -> None:
        """What the jobs of the trials asked for last noted."""
        for trial, note in zip(self.asked, notes, strict=True):
            if note["state"] == "failed":
                self.study.tell(trial, state=TrialState.FAIL)
                self.n_failed += 1
            else:
                trial.set_user_attr("run_id", note["run_id"])
                self.study.tell(trial, note["objective"])

    def earlier(self) -> list[dict[str, Any]]:
        """The trials that are done, as jobs note them."""
        done = self.study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
        return [
            {
                "state": "skipped",
                "number": trial.number - len(done),  # before those to come
                "values": {key: str(value) for key, value in trial.params.items()},
                "objective": trial.value,
                "run_id": trial.user_attrs["run_id"],
            }
            for trial in done
        ]
