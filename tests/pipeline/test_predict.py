"""`python -m pipeline.predict`: pictures and CSV files, the champion and named models, and a user's mistakes."""

import csv
import io
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitrack.data.samples import read_samples
from digitrack.neural_net import NeuralNet
from pipeline import predict

ROOT = Path(__file__).parents[2]
NUMPY = "models/numpy.npz"
# The artifacts of a model as version 0.1.0 logged it, code included; paths of the machine are shortened in MLmodel.
OLD_MODEL = Path(__file__).parent / "fixtures/old_model"


@pytest.fixture(scope="module")
def digits(reproduced):
    """Ten test digits, a class each: pixels (10, 8, 8) and what the numpy network says to them."""
    test = read_samples(reproduced.path / "data", "test")
    chosen = [np.flatnonzero(test.y == k)[0] for k in range(10)]
    net = NeuralNet.load(reproduced.path / NUMPY)
    return test.raw[chosen], net.forward(test.x[chosen])


@pytest.fixture
def rows(digits, tmp_path):
    """The ten digits as a CSV file."""
    file = tmp_path / "digits.csv"
    np.savetxt(file, digits[0].reshape(10, -1), fmt="%g", delimiter=",")
    return str(file)


def answers(clone, *arguments):
    """The classes (n,) and probabilities (n, 10) that it writes as CSV."""
    done = clone.run("python", "-m", "pipeline.predict", *arguments)
    assert done.stderr == ""
    header, *lines = csv.reader(io.StringIO(done.stdout))
    assert header == ["class", *(f"p({k})" for k in range(10))]
    return [int(line[0]) for line in lines], np.array([[float(p) for p in line[1:]] for line in lines])


@pytest.mark.parametrize("size", [8, 28, 200])
def test_pictures_of_test_digits_are_read_as_the_digits_themselves(reproduced, digits, tmp_path, size):
    raw, probabilities = digits
    names = []
    for i, digit in enumerate(raw):
        for ink, paper in ((0, 255), (255, 0)):
            pixels = (paper + (ink - paper) * digit / 16).round().astype(np.uint8)
            names.append(str(tmp_path / f"{i}_{ink}.png"))
            Image.fromarray(pixels).resize((size, size)).save(names[-1])
    done = reproduced.run("python", "-m", "pipeline.predict", "--model", NUMPY, *names)
    lines = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [line[0] for line in lines] == names
    told = np.array([int(line[1]) for line in lines]).reshape(-1, 2)
    assert ((told == probabilities.argmax(-1)[:, None]).sum(axis=0) >= 9).all()
    if size == 8:
        np.testing.assert_allclose([[float(p) for p in line[2:]] for line in lines[::2]], probabilities, atol=1e-4)


def test_a_csv_file_gives_a_row_of_probabilities_for_each_of_its_rows(reproduced, digits, rows, tmp_path):
    with_header = tmp_path / "header.csv"
    with_header.write_text(",".join(f"pixel{i}" for i in range(64)) + "\n" + Path(rows).read_text())
    for file in (rows, str(with_header)):
        classes, probabilities = answers(reproduced, "--model", NUMPY, "--csv", file)
        assert classes == list(digits[1].argmax(-1))
        np.testing.assert_allclose(probabilities, digits[1], rtol=1e-5)


def test_a_reader_that_has_seen_enough_is_no_error(reproduced, rows, tmp_path):
    many = tmp_path / "many.csv"
    many.write_text(Path(rows).read_text() * 1000)  # more than a pipe holds
    done = reproduced.run("bash", "-c", f"python -m pipeline.predict --model {NUMPY} --csv {many} | head -n 1")
    assert done.stdout.startswith("class,p(0)")
    assert done.stderr == ""


@pytest.mark.long
def test_the_champion_is_asked_if_no_model_is_named(reproduced, digits, rows):
    versions = {
        version: answers(reproduced, "--model", f"models:/digits/{version}", "--csv", rows)[1] for version in "12"
    }
    np.testing.assert_allclose(versions["2"], digits[1], rtol=1e-5)
    champion = reproduced.client().get_model_version_by_alias("digits", "champion").version
    np.testing.assert_array_equal(answers(reproduced, "--csv", rows)[1], versions[str(champion)])


@pytest.mark.long
def test_a_champion_of_other_data_than_those_here_says_so(finished, digits, rows):
    finished.edit("data/about.json", '"9"', '"nine"')
    done = finished.run("python", "-m", "pipeline.predict", "--csv", rows)
    assert done.stderr.startswith("note: the champion was trained on different data than data/ now holds")


@pytest.mark.long
def test_an_old_champion_answers_with_its_old_code(finished, digits, rows):
    finished.client().set_registered_model_alias("digits", "champion", "2")
    finished.edit("src/digitrack/prediction/serving.py", "def numpy_net", "def renamed")
    finished.edit("src/digitrack/neural_net/functions.py", "def softmax(", "def softmax(some_other_argument, ")
    np.testing.assert_allclose(answers(finished, "--csv", rows)[1], digits[1], rtol=1e-5)


@pytest.mark.long
def test_a_model_of_an_earlier_version_of_the_project_answers_if_it_is_trusted(finished, digits, rows):
    stored = finished.path / "mlartifacts/old_model"
    shutil.copytree(OLD_MODEL, stored)
    version = finished.client().create_model_version("digits", stored.as_uri()).version
    net = NeuralNet.load(stored / "artifacts/numpy.npz")
    with np.load(stored / "artifacts/scaler.npz") as scaler:
        expected = net.forward((digits[0].reshape(10, -1) - scaler["mean"]) / scaler["scale"])
    asked = ("--model", f"models:/digits/{version}", "--csv", rows)
    told = finished.run("python", "-m", "pipeline.predict", *asked, ok=False).stderr
    assert f"models:/digits/{version} does not run: this project has not registered it: " in told
    np.testing.assert_allclose(answers(finished, "--trust", *asked)[1], expected, rtol=1e-5)


ODD = "\x1b[31mred"
ASKED = f"import numpy; from pipeline import predict; predict.write(({ODD!r}, 'b'), numpy.eye(2))"


def test_no_name_of_a_class_or_file_commands_a_terminal(terminal, capsys):
    predict.show([ODD + ".png"], (ODD, "b\n"), np.eye(2)[:1])
    told = capsys.readouterr().out
    assert told.replace("\n", "").isprintable()
    assert told.splitlines()[0].split() == ["class", r"p(\x1b[31mred)", r"p(b\n)"]
    assert told.splitlines()[1].split()[:2] == [r"\x1b[31mred.png", r"\x1b[31mred"]
    at = terminal(sys.executable, "-c", ASKED, cwd=ROOT, env=dict(os.environ))
    assert r"class,p(\x1b[31mred),p(b)" in at.wait_for("b,0,1")
    predict.write((ODD, "b"), np.eye(2))
    assert f"class,p({ODD}),p(b)" in capsys.readouterr().out  # a file has the names as they are


def test_what_is_no_picture_is_refused_before_a_model_is_loaded(monkeypatch):
    def load(*_):
        raise AssertionError("a model is loaded")

    monkeypatch.setattr(predict, "answers", load)
    monkeypatch.setattr(sys, "argv", ["predict", str(ROOT / "docs/images/digit.png"), str(ROOT / "README.md")])
    with pytest.raises(SystemExit, match=r"error: .*README.md is not a picture that can be read"):
        predict.main()


MISTAKES = [
    (["missing.png"], "missing.png is missing"),
    (["docs"], "docs is a folder: name the files in it"),
    (["README.md"], "README.md is not a picture"),
    (["--csv", "missing.csv"], "missing.csv is missing"),
    (["--csv", "empty.csv"], "empty.csv has no rows"),
    (["--model", "models:/digits/99", "digit.png"], "no model models:/digits/99"),
    (["--model", "models/none.npz", "digit.png"], "models/none.npz is missing"),
]


@pytest.mark.long
def test_a_mistake_is_one_line_that_names_it(finished):
    Image.fromarray(np.eye(8, dtype=np.uint8) * 255).save(finished.path / "digit.png")
    (finished.path / "empty.csv").write_text("\n")
    for arguments, told in MISTAKES:
        refused(finished, arguments, told)
    rows = finished.path / "rows.csv"
    for last, told in (
        ("1", "(n, 64), one row per sample, not (1, 63)"),
        ("1,-1", "a pixel is -1"),
        ("1,x", "must be numbers"),
    ):
        rows.write_text("1," * 63 + "1\n" + "1," * 62 + last + "\n")
        assert told in refused(finished, ["--csv", "rows.csv"], "rows.csv, line 2: ")
    (finished.path / "mlflow.db").unlink()
    (finished.path / "models/keras.npz").unlink()
    refused(finished, ["digit.png"], "`dvc repro` makes them, `dvc pull` fetches those of others")
    assert not (finished.path / "mlflow.db").exists()


def refused(clone, arguments, told):
    done = clone.run("python", "-m", "pipeline.predict", *arguments, ok=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert told in line
    return line
