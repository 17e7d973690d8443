"""Ask a model which digit is on a picture: `python -m pipeline.predict IMAGE...`, or `--csv FILE` for many.

Prints the class and the probabilities. The model is the registered champion, or what `--model` names:
an MLflow URI (models:/digits/3, runs:/ID/model), or a network in an .npz file (models/numpy.npz).
"""

import argparse
import csv
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitrack import arrays, digit_image, pixels
from digitrack.errors import UserError
from digitrack.neural_net import NeuralNet
from pipeline.stage import ROOT, one_line

CHAMPION = "models:/digits@champion"
N_PIXELS = digit_image.SIDE**2
Predictor = Callable[[np.ndarray], np.ndarray]


def load(name: str) -> Predictor:
    """The model of this name, from pixels (n, 64) to probabilities (n, 10). Raises UserError if there is none."""
    return from_file(Path(name)) if name.endswith(".npz") else from_mlflow(name)


def from_file(path: Path) -> Predictor:
    """A network that a training wrote, with the scaling that it was trained on, which lies beside models/."""
    scaler = arrays.load_scaler(path.parent.parent / "data/scaler.npz")
    try:
        net = NeuralNet.from_arrays(**arrays.load(path, arrays.WEIGHTS))
    except ValueError as error:
        raise UserError(f"{path}: {error}") from None
    return lambda x: net.forward((x - scaler.mean) / scaler.scale)


def from_mlflow(uri: str) -> Predictor:
    """A model that MLflow knows."""
    from digitrack import tracking  # slow to import: a file need not wait for it

    return tracking.load_model(ROOT, uri)


def rows_of(path: Path) -> np.ndarray:
    """The rows of a CSV file as (n, 64) pixels; a header is left out. Raises UserError that names the bad line."""
    try:
        lines = [(number, row) for number, row in enumerate(csv.reader(path.open(newline="")), 1) if row]
    except FileNotFoundError:
        raise UserError(f"{path} is missing") from None
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{path} is not readable CSV: {error}") from None
    if lines and not is_number(lines[0][1][0]):
        lines = lines[1:]
    if not lines:
        raise UserError(f"{path} has no rows: each must be a digit's {N_PIXELS} pixels")
    checked = []
    for number, row in lines:
        try:
            checked.append(pixels.checked([row], N_PIXELS, digit_image.MOST)[0])
        except ValueError as error:
            raise UserError(f"{path}, line {number}: {error}") from None
    return np.array(checked)


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def show(names: list[str], probabilities: np.ndarray) -> None:
    """A line a picture: what it is, how sure, and what else it may be."""
    width = max(map(len, names))
    print(f"{'':{width}}  digit  " + "  ".join(f"   p({k})" for k in range(probabilities.shape[1])))
    for name, p in zip(names, probabilities, strict=True):
        print(f"{name:{width}}  {p.argmax():5}  " + "  ".join(f"{value:7.4f}" for value in p))


def write(probabilities: np.ndarray) -> None:
    """CSV on standard output: the class and the probabilities of each row."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["digit", *(f"p{k}" for k in range(probabilities.shape[1]))])
    writer.writerows([int(p.argmax()), *(f"{value:.6g}" for value in p)] for p in probabilities)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pipeline.predict", description=__doc__.partition(":")[0] + ".")
    parser.add_argument("images", nargs="*", type=Path, metavar="IMAGE", help="a PNG or JPEG with one digit")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="rows of 64 pixels, from 0 (paper) to 16 (ink)")
    parser.add_argument("--model", default=CHAMPION, help="an MLflow URI or an .npz file (default: %(default)s)")
    args = parser.parse_args()
    if bool(args.images) == bool(args.csv):
        parser.error("give pictures, or --csv FILE")
    try:
        x = rows_of(args.csv) if args.csv else np.array([digit_image.read(path).ravel() for path in args.images])
        probabilities = np.asarray(load(args.model)(x))
        if args.csv:
            write(probabilities)
        else:
            show([str(path) for path in args.images], probabilities)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `| head` has seen enough
    except (UserError, OSError) as error:
        sys.exit(one_line(error))


if __name__ == "__main__":
    main()
