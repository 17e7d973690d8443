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
from digitrack.data import pictures, sample_info, samples
from digitrack.data.names import shown
from digitrack.data.sample_info import SampleInfo
from digitrack.prediction import picture, table
from digitrack.scores.measures import log_probabilities
from pipeline.networks import NETWORKS, four_arrays
from tracked import champion, check_files, script

CHAMPION = "models:/digits@champion"
ABOUT = Path(__file__).parents[1] / "data/about.json"

Rows = Callable[[SampleInfo], np.ndarray]


def answers(model: str, rows: Rows, trust: bool = False) -> tuple[SampleInfo, np.ndarray]:
    """Return a model's description, and the probabilities (n, n_classes) of the samples that `rows` makes for it.

    Raises Refused or UserError when there is no such model, when the rows don't fit it, or, without `trust`, when this
    project has not registered it.
    """
    info, found = from_file(Path(model), rows) if model.endswith(".npz") else from_mlflow(model, rows, trust)
    if found.shape[1] != len(info.class_names):
        raise Refused(f"{model} returns {found.shape[1]} probabilities, but names {len(info.class_names)} classes")
    return info, found


def from_mlflow(uri: str, rows: Rows, trust: bool = False) -> tuple[SampleInfo, np.ndarray]:
    """Ask a logged model. One without a description, from an early version, reads the 8x8 digits."""
    info = picture.DIGITS

    def question(content: bytes | None) -> np.ndarray:
        nonlocal info
        info = picture.DIGITS if content is None else sample_info.parsed(content, f"about.json of {uri}")
        return rows(info)

    found = champion(question, uri, "about", trust=trust)
    return info, found


def from_file(path: Path, rows: Rows) -> tuple[SampleInfo, np.ndarray]:
    """Ask a network that a training wrote; data/, beside models/, describes its samples."""
    scaling, described = path.parent.parent / "data/scaler.npz", path.parent.parent / "data/about.json"
    check_files([path, scaling, described])
    try:
        predict = NETWORKS.get(path.stem, four_arrays)(path)
        scaler, info = samples.read_scaler(scaling), sample_info.read_sample_info(described)
        if scaler.mean.shape != (info.n_features,):
            raise Refused(
                f"{scaling} scales {len(scaler.mean)} numbers, but in {described} a sample has {info.n_features}"
            )
        logits = predict((rows(info) - scaler.mean) / scaler.scale)
    except ValueError as error:
        raise Refused(f"{path}: {error}") from None
    if not np.isfinite(logits).all():
        raise Refused(f"{path} answers NaN or infinity: its training diverged")
    return info, np.exp(log_probabilities(logits))


def tell_of_other_data(info: SampleInfo) -> None:
    """Tell users of the default model, the champion, if it was trained on different data than data/ holds."""
    if ABOUT.exists() and sample_info.read_sample_info(ABOUT) != info:
        print(
            "note: the champion was trained on different data than data/ now holds; to choose a champion for the "
            "current data, run `dvc repro -f -s evaluate`; to ask another network, add `--model models/NETWORK.npz`",
            file=sys.stderr,
        )


def show(names: list[str], classes: tuple[str, ...], found: np.ndarray) -> None:
    """Print one line per picture: its class, and the probabilities of all classes."""
    names, classes = [shown(name) for name in names], tuple(map(shown, classes))
    width, wide = max(map(len, names)), max(5, *map(len, classes))
    heads = [f"p({name})" for name in classes]
    print(f"{'':{width}}  {'class':>{wide}}  " + "  ".join(f"{head:>7}" for head in heads))
    for name, p in zip(names, found, strict=True):
        cells = (f"{value:{max(7, len(head))}.4f}" for head, value in zip(heads, p, strict=True))
        print(f"{name:{width}}  {classes[p.argmax()]:>{wide}}  " + "  ".join(cells))


def write(classes: tuple[str, ...], found: np.ndarray) -> None:
    """Write CSV to standard output: the class and the probabilities of each row."""
    if sys.stdout.isatty():  # a terminal obeys control characters; a file gets the names as they are
        classes = tuple(map(shown, classes))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["class", *(f"p({name})" for name in classes)])
    writer.writerows([classes[p.argmax()], *(f"{value:.6g}" for value in p)] for p in found)


def main() -> None:
    """Run the command. A user's mistake ends it with one line and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.predict", description=__doc__.partition(":")[0] + ".")
    parser.add_argument("images", nargs="*", type=Path, metavar="IMAGE", help="a PNG or JPEG, for example of a digit")
    parser.add_argument(
        "--csv", type=Path, metavar="FILE", help="one row per sample: features by their names, or pixels"
    )
    parser.add_argument(
        "--model", default=CHAMPION, help="an MLflow URI, or an .npz file of weights (default: %(default)s)"
    )
    parser.add_argument("--trust", action="store_true", help="also run a model that this project has not registered")
    args = parser.parse_args()
    if bool(args.images) == bool(args.csv):
        parser.error("give pictures, or --csv FILE")

    def rows(info: SampleInfo) -> np.ndarray:
        if args.model == CHAMPION:
            tell_of_other_data(info)
        if args.csv:
            return table.rows_of(args.csv, info)
        return np.array([picture.as_sample(path, info).ravel() for path in args.images])

    with script():
        for path in (args.csv,) if args.csv else args.images:  # before loading a model, which takes seconds
            if not path.is_file():
                raise Refused(f"{path} is {'a folder: name the files in it' if path.exists() else 'missing'}")
        for path in args.images:
            pictures.opened(path)
        info, found = answers(args.model, rows, args.trust)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # end like other commands once `| head` has read enough
        if args.csv:
            write(info.class_names, found)
        else:
            show([str(path) for path in args.images], info.class_names, found)


if __name__ == "__main__":
    main()
