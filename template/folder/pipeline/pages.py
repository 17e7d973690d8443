"""What the rows and pages of runs in MLflow say, where it differs from what `tracked` says. No stage reads it."""

from collections.abc import Mapping

from tracked import Pages

ABOUT = {
    "split": "Splits the data set.",
    "train": "Trains the network. **Model metrics** has a point an epoch.",
    "evaluate": "Tests each network. **Artifacts** has the confusion matrices.",
}


class Words(Pages):
    def about(self, page: str) -> str:
        """What stands on top of a stage's page."""
        return ABOUT.get(page) or super().about(page)

    def summary(self, figures: Mapping[str, Mapping[str, float]], others: Mapping[str, float]) -> str:
        """What `evaluate` ends with on the terminal."""
        lines = [
            f"{network}: test accuracy {found['test_accuracy']:.4f}, loss {found['test_loss']:.4f}"
            for network, found in figures.items()
        ]
        return "\n".join(["", *lines, f"on {others['n_test']} samples."])
