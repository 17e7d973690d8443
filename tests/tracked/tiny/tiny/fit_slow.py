"""The slow fit: data/ -> models/slow.npz, reports/fit_slow/."""

from tiny.fitting import fit
from tracked import main


def run(settings, folder, report):
    return fit("slow", settings.fit_slow, folder, report)


if __name__ == "__main__":
    main(run)
