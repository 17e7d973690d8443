"""Ask a model what is on a picture: `python -m pipeline.predict IMAGE...`, or `--csv FILE` for many samples.

Prints the class and the probabilities. The model is the registered champion, or what `--model` names:
an MLflow URI (models:/digits/3, runs:/ID/model), or a network in an .npz file (models/numpy.npz).
"""

import argparse
import csv
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitrack import Refused
from digitrack.data import about, samples
from digitrack.data.about import About
from digitrack.prediction import picture, table
from pipeline.networks import NETWORKS, four_arrays
from tracked import champion, check_files, script

CHAMPION = "models:/digits@champion"
ABOUT = Path(__file__).parents[1] / "data/about.json"

Rows = Callable[[About], np.ndarray]


def answers(model: str, rows: Rows) -> tuple[About, np.ndarray]:
    """What a model says of itself, and, of the rows (n, n_features) made for it, the probabilities (n, n_classes).

    Raises Refused or UserError when there is no such model, or the rows are not for it.
    """
    told, found = from_file(Path(model), rows) if model.endswith(".npz") else from_mlflow(model, rows)
    if found.shape[1] != len(told.class_names):
        raise Refused(f"{model} tells {found.shape[1]} classes apart, but {len(told.class_names)} have names")
    return told, found


def from_mlflow(uri: str, rows: Rows) -> tuple[About, np.ndarray]:
    """Asks a logged model. One that was logged before models described themselves is of the 8x8 digits."""
    told = picture.DIGITS

    def question(content: bytes | None) -> np.ndarray:
        nonlocal told
        told = picture.DIGITS if content is None else about.parsed(content, f"about.json of {uri}")
        return rows(told)

    found = champion(question, uri, "about")
    return told, found


def from_file(path: Path, rows: Rows) -> tuple[About, np.ndarray]:
    """Asks a network that a training wrote; what it was trained on is described in data/, beside models/."""
    scaling, described = path.parent.parent / "data/scaler.npz", path.parent.parent / "data/about.json"
    check_files([path, scaling, described])
    try:
        predict = NETWORKS.get(path.stem, four_arrays)(path)
        scaler, told = samples.read_scaler(scaling), about.read_about(described)
        if scaler.mean.shape != (told.n_features,):
            raise Refused(f"{scaling} is for {len(scaler.mean)} numbers, not {told.n_features} as {described} says")
        found = predict((rows(told) - scaler.mean) / scaler.scale)
    except ValueError as error:
        raise Refused(f"{path}: {error}") from None
    if not np.isfinite(found).all():
        raise Refused(f"{path} gives no numbers: its training diverged")
    return told, found


def tell_of_other_data(told: About) -> None:
    """Say so when the champion, whom nobody has named, is of other data than those in data/."""
    if ABOUT.exists() and about.read_about(ABOUT) != told:
        print(
            "note: the champion has learned other data than data/ holds, which were evaluated last; `dvc repro -f -s "
            "evaluate` makes the best on these the champion, `--model models/NETWORK.npz` asks one of them",
            file=sys.stderr,
        )


def show(names: list[str], classes: tuple[str, ...], found: np.ndarray) -> None:
    """A line a picture: what it is, how sure, and what else it may be."""
    width, wide = max(map(len, names)), max(5, *map(len, classes))
    heads = [f"p({name})" for name in classes]
    print(f"{'':{width}}  {'class':>{wide}}  " + "  ".join(f"{head:>7}" for head in heads))
    for name, p in zip(names, found, strict=True):
        cells = (f"{value:{max(7, len(head))}.4f}" for head, value in zip(heads, p, strict=True))
        print(f"{name:{width}}  {classes[p.argmax()]:>{wide}}  " + "  ".join(cells))


def write(classes: tuple[str, ...], found: np.ndarray) -> None:
    """CSV on standard output: the class and the probabilities of each row."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["class", *(f"p({name})" for name in classes)])
    writer.writerows([classes[p.argmax()], *(f"{value:.6g}" for value in p)] for p in found)


def main() -> None:
    """The command. Exits with one line and code 1 for a user's mistake."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.predict", description=__doc__.partition(":")[0] + ".")
    parser.add_argument("images", nargs="*", type=Path, metavar="IMAGE", help="a PNG or JPEG, of a digit for example")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="a row a sample: features by their names, or pixels")
    parser.add_argument(
        "--model", default=CHAMPION, help="an MLflow URI, or an .npz file of weights (default: %(default)s)"
    )
    args = parser.parse_args()
    if bool(args.images) == bool(args.csv):
        parser.error("give pictures, or --csv FILE")

    def rows(told: About) -> np.ndarray:
        if args.model == CHAMPION:
            tell_of_other_data(told)
        if args.csv:
            return table.rows_of(args.csv, told)
        return np.array([picture.as_sample(path, told).ravel() for path in args.images])

    with script():
        for path in (args.csv,) if args.csv else args.images:  # before a model is loaded, which takes seconds
            if not path.is_file():
                raise Refused(f"{path} is {'a folder: name the files in it' if path.exists() else 'missing'}")
        told, found = answers(args.model, rows)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # once `| head` has seen enough, this ends as other commands do
        if args.csv:
            write(told.class_names, found)
        else:
            show([str(path) for path in args.images], told.class_names, found)


if __name__ == "__main__":
    main()
