"""What an evaluation finds about models that other runs trained: it belongs to those runs, to the page of their
configuration, and to the registry.

The runs are found by the model's bytes. There are none where DVC's cache gave the model, but this store never saw it
trained; there are several where trainings, also those of sweeps, gave the same.
"""

from collections.abc import Mapping
from pathlib import Path

from mlflow.entities import Run

from tracked import interrupts
from tracked.project import project
from tracked.runs import models, registry, trained
from tracked.runs.configuration_page import ConfigurationPage
from tracked.runs.store import Store
from tracked.settings.hashes import md5

Figures = Mapping[str, float]


class Evaluation:
    """Figures about trained networks, and the runs that trained them."""

    @interrupts.held()
    def __init__(self, store: Store, folder: Path, about: Mapping[str, Figures]) -> None:
        """`about` are the figures by network; the models lie in `folder`."""
        self.store, self.about = store, about
        self.curves = {network: trained.curves(folder, network) for network in about}
        self.trainings = {network: self._trained(network, trained.model(folder, network)) for network in about}

    def _trained(self, network: str, model: Path) -> list[Run]:
        """Those of this network alone: another can have come to the same bytes."""
        query = f"tags.model_md5 = '{md5(model)}' and tags.net = '{network}'"
        return self.store.search(f"{query} and attributes.status = 'FINISHED'")

    @property
    def known(self) -> dict[str, dict[str, float]]:
        """All figures of each network, its training's included."""
        return {
            network: {
                **(self.trainings[network][0].data.metrics if self.trainings[network] else {}),
                **(self.curves[network][-1] if self.curves[network] else {}),
                **found,
            }
            for network, found in self.about.items()
        }

    def show_on_trainings(self) -> None:
        """Put the figures onto the runs that trained the models."""
        for network, found in self.about.items():
            for training in self.trainings[network]:
                known = training.data.metrics
                self.store.log(training.info.run_id, {key: v for key, v in found.items() if known.get(key) != v})

    def show_on(self, page: ConfigurationPage, settings: Mapping, tags: Mapping[str, str]) -> None:
        """Put them onto the page of the configuration; `tags` are the evaluation's."""
        for network, epochs in self.curves.items():
            page.add_curves(network, epochs)
        page.add_best(self.about)
        page.describe(project().page.results(self.known, settings), tags)
        for training in self._with_models().values():
            page.add_inputs(training)

    def register(self) -> str:
        """Put the models into the registry, and choose the champion. What to say if that is another one now, or ""."""
        found = self._with_models()
        for network, training in found.items():
            registry.register(self.store, training, self.known[network])
        return registry.crown(self.store, found) if found else ""

    def leave_out(self) -> None:
        """Note that the models are no versions: a trial has evaluated them."""
        for training in self._with_models().values():
            registry.leave_out(self.store, training)

    def _with_models(self) -> dict[str, Run]:
        """The newest training of each network that logged its model: the jobs of a sweep log none."""
        logged = {
            network: [run for run in runs if models.ready(self.store, run)] for network, runs in self.trainings.items()
        }
        return {network: runs[0] for network, runs in logged.items() if runs}

    def lost(self) -> list[str]:
        """The networks whose models were logged, but of which no files are left."""
        with_models = self._with_models()
        return [
            network
            for network, runs in self.trainings.items()
            if network not in with_models and any(models.there(self.store.client, run) for run in runs)
        ]


def flat(about: Mapping[str, Figures]) -> dict[str, float]:
    """The figures of all networks under names that tell them apart."""
    return {f"{network}.{name}": value for network, found in about.items() for name, value in found.items()}


@interrupts.held()
def found_before(store: Store, model_md5: str, data_md5: str, own: Figures) -> dict[str, float]:
    """What evaluations found about an equal model, and `own`, a new training's figures, lack.

    An evaluation does not run again when a training gives the same bytes.
    """
    query = f"tags.model_md5 = '{model_md5}' and tags.data_md5 = '{data_md5}' and attributes.status = 'FINISHED'"
    for run in store.search(query):
        if more := {name: value for name, value in run.data.metrics.items() if name not in own}:
            return more
    return {}
