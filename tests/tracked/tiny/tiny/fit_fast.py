"""The fast fit: data/ -> models/fast.npz, reports/fit_fast/."""

from tiny.fitting import fit
from tracked import main


def run(settings, folder, report):
    return fit("fast", settings.fit_fast, folder, report)


if __name__ == "__main__":
    main(run)
