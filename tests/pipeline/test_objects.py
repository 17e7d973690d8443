"""Settings that name code: any importable name works as Hydra has it, and a mistake is one line with the key."""

import sys

import pytest

from digitrack import Refused
from pipeline import objects
from pipeline.objects import labels, maker, source

MINE = """
import keras
import numpy as np

RATE = 0.5


class Halved(keras.optimizers.SGD):
    def __init__(self, learning_rate, **more):
        super().__init__(learning_rate / 2, **more)


class Scaled(keras.initializers.Initializer):
    def __init__(self, base, factor):
        self.base, self.factor = base(), factor

    def __call__(self, shape, dtype=None):
        return self.factor * self.base(shape, dtype=dtype)


def tens(shape, dtype=None, value=10):
    return keras.ops.full(shape, value, dtype)


def broken(shape=None):
    return {}["nothing"]
"""
SOURCES = """
import numpy as np
from sklearn.utils import Bunch

from digitrack import Refused
from digitrack.data.source import Source

X, Y = np.arange(80.0).reshape(20, 4), np.arange(20) % 2


def pair(path=None):
    return X, np.where(Y, "odd", "even")


def bunch(n):
    return Bunch(data=X[:n], target=Y[:n])


def whole(*names):
    return Source(X, Y, names)


def text():
    return "a file"


def refusing(path=None):
    raise Refused(f"asked for {path}")
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Modules of the user's, in a folder that is the project's root meanwhile."""
    for name, text in (("mine", MINE), ("my_sources", SOURCES), ("my_typo", "import nunpy\n")):
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(objects, "ROOT", tmp_path)
    monkeypatch.setattr(objects, "INPUTS", tmp_path / "inputs")
    yield tmp_path
    for name in ("mine", "my_sources", "my_typo"):
        sys.modules.pop(name, None)


def made(node, key="train_keras.optimizer"):
    return maker(node, key)()


def refused(node, key="train_keras.optimizer"):
    with pytest.raises(Refused) as error:
        made(node, key)
    assert len(str(error.value).splitlines()) == 1
    return str(error.value)


def test_a_rate_that_is_a_whole_number_is_one_for_keras():
    from digitrack.keras_net.quiet import keras

    found = made({"_target_": "keras.optimizers.SGD", "learning_rate": 1})
    assert isinstance(found, keras.optimizers.SGD)
    assert float(found.learning_rate) == 1


def test_an_own_optimizer_and_own_initializers_are_taken_and_change_the_training(mine):
    from digitrack.keras_net import check, network

    optimizer = {"_target_": "mine.Halved", "learning_rate": 1, "momentum": 0.5}
    base = {"_target_": "keras.initializers.RandomNormal", "stddev": 0.1, "_partial_": True}
    scaled = {"_target_": "mine.Scaled", "base": base, "factor": 100}
    tens = {"_target_": "mine.tens", "_partial_": True, "value": 20}
    assert float(made(optimizer).learning_rate) == 0.5
    for initializer, at_least in ((scaled, 1), (tens, 20)):
        makers = maker(optimizer, "o"), maker(initializer, "i")
        check.check(*makers)
        assert abs(network.untrained(5, 4, 3, makers[1]).get_weights()[0]).max() >= at_least


def test_nodes_within_nodes_and_lists_are_made_and_the_other_words_of_hydra_work():
    half = {"_target_": "fractions.Fraction", "_args_": [1, 2]}
    assert made({"_target_": "builtins.dict", "a": half, "b": [half, {"c": half}]}) == {
        "a": 0.5, "b": [0.5, {"c": 0.5}],
    }  # fmt: skip
    assert made({**half, "_partial_": True})() == 0.5
    plain = made({"_target_": "builtins.dict", "_recursive_": False, "a": half})
    assert plain == {"a": half}
    assert type(plain["a"]["_args_"]) is list


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("keras.optimizers.Adamm", "keras.optimizers has no Adamm: did you mean keras.optimizers.Adam?"),
        ("keras.optimzers.Adam", "keras has no optimzers: did you mean keras.optimizers.Adam?"),
        ("kears.optimizers.Adam", "there is no module kears: did you mean keras.optimizers.Adam?"),
        ("keras.optimizers.Adam.of.it", "keras.optimizers.Adam has no of"),
        ("keras.optimizers", "keras.optimizers is not a class or function, but module"),
        ("mine.RATE", "mine.RATE is not a class or function, but float"),
        ("mine.Halve", "mine has no Halve: did you mean mine.Halved?"),
        ("mime.Halved", "there is no module mime: did you mean mine.Halved?"),
        ("my_typo.Halved", "my_typo can't be imported: ModuleNotFoundError: No module named 'nunpy' (my_typo.py:1)"),
    ],
)
def test_a_wrong_name_is_one_line_with_a_near_name(mine, name, told):
    from digitrack.keras_net.quiet import keras  # noqa: F401 (as a training has it)

    assert refused({"_target_": name}) == f"train_keras.optimizer._target_: {told}"
    within = {"_target_": "keras.optimizers.Adam", "learning_rate": {"_target_": name}}
    assert refused(within) == f"train_keras.optimizer.learning_rate._target_: {told}"


def test_wrong_arguments_are_one_line_with_the_key_of_their_own_node(mine):
    adam = {"_target_": "keras.optimizers.Adam"}
    assert refused({**adam, "lr": 1}).startswith("train_keras.optimizer: keras.optimizers.Adam: Argument(s) not recog")
    decay = {"_target_": "keras.optimizers.schedules.CosineDecay"}
    line = refused({**adam, "learning_rate": decay})
    assert line.startswith("train_keras.optimizer.learning_rate: keras.optimizers.schedules.CosineDecay: ")
    assert "'initial_learning_rate' and 'decay_steps'" in line
    assert refused({"_target_": "mine.Halved"}).startswith("train_keras.optimizer: mine.Halved: ")
    assert refused({**adam, "_args_": 3}).startswith("train_keras.optimizer: keras.optimizers.Adam: ")


def test_what_own_code_raises_is_one_line_with_its_kind_and_place(mine):
    line = MINE.splitlines().index('    return {}["nothing"]') + 1
    assert (
        refused({"_target_": "mine.broken"})
        == f"train_keras.optimizer: mine.broken: KeyError: 'nothing' (mine.py:{line})"
    )


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"_target_": "my_sources.pair"}, ("even", "odd")),
        ({"_target_": "my_sources.bunch", "n": 20}, ("0", "1")),
        ({"_target_": "my_sources.whole", "_args_": ["a", "b"]}, ("a", "b")),
        ({"_target_": "sklearn.datasets.load_iris", "return_X_y": True, "as_frame": True}, ("0", "1", "2")),
    ],
    ids=str,
)
def test_an_own_loader_gives_a_bunch_a_pair_or_a_source(mine, data, names):
    found = source(data)
    assert found.class_names == names
    assert found.x.shape == (len(found.y), 4)
    y, told = labels(data)
    assert (y == found.y).all()
    assert told == names


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"_target_": "my_sources.text"}, "data: my_sources.text returns builtins.str: it must be a Bunch"),
        ({"_target_": "my_sources.whole"}, "data: my_sources.whole returns a Source with 0 names for 2 classes"),
        ({"_target_": "my_sources.refusing"}, "data: asked for None"),
        ({"_target_": "my_sources.bunch"}, "data: my_sources.bunch: bunch() missing 1 required"),
        ({"_target_": "my_sources.bunhc"}, "data._target_: my_sources has no bunhc: did you mean my_sources.bunch?"),
        ({"_target_": "digitrack.data.sources.cvs.load"}, "did you mean digitrack.data.sources.csv.load?"),
    ],
    ids=str,
)
def test_what_is_no_loader_of_data_is_one_line(mine, data, told):
    for function in (source, labels):
        with pytest.raises(Refused) as error:
            function(data)
        assert told in str(error.value)
        assert len(str(error.value).splitlines()) == 1


def test_a_path_begins_at_the_root_and_an_address_stays_as_it_is(mine):
    for path, found in (("a.csv", f"{mine}/a.csv"), ("https://example.org/a", "https://example.org/a")):
        with pytest.raises(Refused, match=f"^data: asked for {found.replace(f'{mine}/', '')}$"):
            source({"_target_": "my_sources.refusing", "path": path})


@pytest.mark.long
def test_every_optimizer_and_initializer_of_keras_trains_with_its_own_defaults():
    from digitrack.keras_net.check import check
    from digitrack.keras_net.quiet import keras

    def public(module, base, *left_out):
        classes = {name: value for name, value in vars(module).items() if isinstance(value, type)}
        return [
            f"{module.__name__.replace('keras._tf_keras.', '')}.{name}"
            for name, value in sorted(classes.items())
            if name[0].isupper() and issubclass(value, base) and value is not base and name not in left_out
        ]

    # Left out are what wraps another optimizer, and STFT, which makes no matrix.
    optimizers = public(keras.optimizers, keras.Optimizer, "LossScaleOptimizer", "MultiOptimizer")
    initializers = public(keras.initializers, keras.Initializer, "STFT", "STFTInitializer")
    assert len(optimizers) >= 10
    assert len(initializers) >= 10
    for optimizer in optimizers:
        check(maker({"_target_": optimizer}, "o"), maker({"_target_": "keras.initializers.GlorotUniform"}, "i"))
    for initializer in initializers:
        check(maker({"_target_": "keras.optimizers.SGD"}, "o"), maker({"_target_": initializer}, "i"))


@pytest.fixture
def linked(tmp_path, monkeypatch):
    """A project with data inside, outside, and behind links."""
    (tmp_path / "root/inputs/own").mkdir(parents=True)
    (tmp_path / "outside/deep").mkdir(parents=True)
    for file in (tmp_path / "outside/x.csv", tmp_path / "outside/deep/x.csv", tmp_path / "root/inputs/own/x.csv"):
        file.write_text("a")
    (tmp_path / "root/inputs/file.csv").symlink_to(tmp_path / "outside/x.csv")
    (tmp_path / "root/inputs/folder").symlink_to(tmp_path / "outside/deep")
    monkeypatch.setattr(objects, "ROOT", tmp_path / "root")
    monkeypatch.setattr(objects, "INPUTS", tmp_path / "root/inputs")
    return tmp_path / "root"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("inputs/own/x.csv", ""),
        ("inputs/file.csv", ""),
        ("../outside/x.csv", "is not in inputs/"),
        ("inputs/folder/x.csv", "leads to inputs/folder, which is a link to a folder"),
        ("inputs", "leads to inputs/folder, which is a link to a folder"),
    ],
)
def test_where_dvc_sees_no_edits_is_known(linked, path, why):
    ((_, found),) = objects.paths({"_target_": "digitrack.data.sources.csv.load", "path": path, "target": "inputs"})
    assert objects._unseen(found) == why


def test_every_file_that_a_loader_of_others_is_told_counts(linked):
    arguments = {"root": "inputs/own", "files": [{"name": "inputs/file.csv"}], "separator": "/", "kind": "", "n": 3}
    found = objects.paths({"_target_": "other.load", "path": "none.csv", **arguments})
    assert {key: str(path.relative_to(linked)) for key, path in found} == {
        "data.path": "none.csv",
        "data.root": "inputs/own",
        "data.files[0].name": "inputs/file.csv",
    }
