"""The slow fit: data/ -> models/slow.npz, reports/fit_slow/."""

from tiny.fitting import fit, trained
from tracked import main


def run(settings, folder, report):
    fit("slow", settings.fit_slow, folder, report)
    return outcome(settings, folder, training_seconds=0.5)


def outcome(settings, folder, **metrics):
    return trained("slow", folder, metrics)


if __name__ == "__main__":
    main(run)
