"""Ask a model which digit is on a picture: `python -m pipeline.predict IMAGE...`, or `--csv FILE` for many.

Prints the class and the probabilities. The model is the registered champion, or what `--model` names:
an MLflow URI (models:/digits/3, runs:/ID/model), or a network in an .npz file (models/numpy.npz).
"""

import argparse
import csv
import signal
import sys
from pathlib import Path

import numpy as np

from digitrack import Refused
from digitrack.data import samples
from digitrack.prediction import picture, table
from pipeline.networks import four_arrays
from tracked import interrupts
from tracked.project import ROOT
from tracked.serving import ask
from tracked.settings.loading import load
from tracked.stages import inputs
from tracked.stages.lines import errors_in_one_line

CHAMPION = "models:/digits@champion"
PARAMS = ROOT / "params.yaml"


def probabilities(model: str, rows: np.ndarray) -> np.ndarray:
    """What a model says to pixels (n, 64): (n, 10). Raises Refused or UserError when there is no such model."""
    return from_file(Path(model), rows) if model.endswith(".npz") else ask.probabilities(ROOT, model, rows)


def from_file(path: Path, rows: np.ndarray) -> np.ndarray:
    """Asks a network that a training wrote; the scaling that it was trained on lies in data/, beside models/."""
    scaling = path.parent.parent / "data/scaler.npz"
    if PARAMS.exists():
        inputs.check_files([path, scaling], load(PARAMS), ROOT)
    try:
        predict, scaler = four_arrays(path), samples.read_scaler(scaling)
        if scaler.mean.shape != rows.shape[1:]:
            raise Refused(f"{scaling} is for {len(scaler.mean)} pixels, not {rows.shape[1]}")
        answers = predict((rows - scaler.mean) / scaler.scale)
    except ValueError as error:
        raise Refused(f"{path}: {error}") from None
    if not np.isfinite(answers).all():
        raise Refused(f"{path} gives no numbers: its training diverged")
    return answers


def show(names: list[str], answers: np.ndarray) -> None:
    """A line a picture: what it is, how sure, and what else it may be."""
    width = max(map(len, names))
    print(f"{'':{width}}  digit  " + "  ".join(f"   p({k})" for k in range(answers.shape[1])))
    for name, p in zip(names, answers, strict=True):
        print(f"{name:{width}}  {p.argmax():5}  " + "  ".join(f"{value:7.4f}" for value in p))


def write(answers: np.ndarray) -> None:
    """CSV on standard output: the class and the probabilities of each row."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["digit", *(f"p{k}" for k in range(answers.shape[1]))])
    writer.writerows([int(p.argmax()), *(f"{value:.6g}" for value in p)] for p in answers)


def main() -> None:
    """The command. Exits with one line and code 1 for a user's mistake."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.predict", description=__doc__.partition(":")[0] + ".")
    parser.add_argument("images", nargs="*", type=Path, metavar="IMAGE", help="a PNG or JPEG with one digit")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="rows of 64 pixels, from 0 (paper) to 16 (ink)")
    parser.add_argument("--model", default=CHAMPION, help="an MLflow URI or an .npz file (default: %(default)s)")
    args = parser.parse_args()
    if bool(args.images) == bool(args.csv):
        parser.error("give pictures, or --csv FILE")
    interrupts.install()
    with errors_in_one_line():
        rows = table.rows_of(args.csv) if args.csv else np.array([picture.read(path).ravel() for path in args.images])
        answers = probabilities(args.model, rows)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # once `| head` has seen enough, this ends as other commands do
        if args.csv:
            write(answers)
        else:
            show([str(path) for path in args.images], answers)


if __name__ == "__main__":
    main()
