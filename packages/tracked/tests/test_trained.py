"""A training is known by the hashes of its model and of its data."""

from types import SimpleNamespace

import pytest
from dvc_data.hashfile.build import build
from dvc_data.hashfile.db import HashFileDB
from dvc_objects.fs import LocalFileSystem

from tracked.runs import trained


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A project whose stage `train` reads data of its own, what `prepare` wrote, code, and what `other` trained."""
    trainings = {"train": "one", "other": "folder"}
    models = {"one": "models/one.bin", "folder": "models/folder"}
    monkeypatch.setattr(
        trained,
        "project",
        lambda: SimpleNamespace(models=models, data=("data",), trainings=trainings, model=trainings.get),
    )
    monkeypatch.setattr(trained, "here", lambda: SimpleNamespace(code=tmp_path))
    deps = ["train.py", "data/raw.csv", "prepared", "models/folder", "reports/other.csv"]
    makers = {"prepared": "prepare", "models/folder": "other", "reports/other.csv": "other", "models/one.bin": "train"}
    monkeypatch.setattr(trained.declared, "deps", lambda stage: deps)
    monkeypatch.setattr(trained.declared, "makers", lambda: makers)
    monkeypatch.setattr(trained.declared, "inputs", lambda stage: {dep: makers[dep] for dep in deps if dep in makers})
    for name in ("train.py", "data/raw.csv", "prepared/b/x", "prepared/a", "models/folder/w/0", "models/folder/b",
                 "reports/other.csv", "models/one.bin"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize(("model", "path"), [("one", "models/one.bin"), ("folder", "models/folder")])
def test_a_model_has_the_hash_that_dvc_gives_it(files, model, path):
    fs = LocalFileSystem()
    _, _, built = build(HashFileDB(fs, str(files / "odb")), str(files / path), fs, "md5")
    assert trained.model_hash(files, model) == built.hash_info.value


@pytest.mark.parametrize(
    ("name", "is_data"),
    [
        ("data/raw.csv", True),
        ("prepared/b/x", True),
        ("train.py", False),
        ("models/folder/b", False),
        ("reports/other.csv", False),
    ],
)
def test_data_are_what_no_training_wrote_and_no_code(files, name, is_data):
    before = trained.data_hash(files, "train")
    (files / name).write_text("edited")
    assert (trained.data_hash(files, "train") != before) == is_data


def test_of_other_stages_there_is_nothing_to_know(files):
    assert set(trained.tags(files, "train", evaluates=False)) == {"model_md5", "data_md5"}
    assert set(trained.tags(files, "prepare", evaluates=True)) == {"data_md5"}
    assert trained.tags(files, "prepare", evaluates=False) == {}
