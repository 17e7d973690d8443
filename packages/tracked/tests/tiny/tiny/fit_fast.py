"""The fast fit: data/ -> models/fast.npz, reports/fit_fast/."""

from tiny.fitting import fit, trained
from tracked import main


def run(settings, folder, report):
    fit("fast", settings.fit_fast, folder, report)
    return outcome(settings, folder, training_seconds=0.5)


def outcome(settings, folder, **metrics):
    return trained("fast", folder, metrics)


if __name__ == "__main__":
    main(run)
