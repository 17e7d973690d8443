"""`python -m pipeline.predict`: pictures and CSV files, the champion and named models, and a user's mistakes."""

import csv
import io

import numpy as np
import pytest
from PIL import Image

from digitrack.neural_net import NeuralNet

NUMPY = "models/numpy.npz"


@pytest.fixture(scope="module")
def digits(reproduced):
    """Ten test digits, a class each: pixels (10, 8, 8) and what the numpy network says to them."""
    test = np.load(reproduced.path / "data/test.npz")
    chosen = [np.flatnonzero(test["y"] == k)[0] for k in range(10)]
    net = NeuralNet.load(reproduced.path / NUMPY)
    return test["raw"][chosen], net.forward(test["x"][chosen])


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


def test_a_csv_file_gives_a_row_of_probabilities_for_each_of_its_rows(reproduced, digits, tmp_path):
    raw, probabilities = digits
    file = tmp_path / "digits.csv"
    header = ",".join(f"pixel{i}" for i in range(64))
    for head in ("", header):
        np.savetxt(file, raw.reshape(10, -1), fmt="%g", delimiter=",", header=head, comments="")
        done = reproduced.run("python", "-m", "pipeline.predict", "--model", NUMPY, "--csv", str(file))
        rows = list(csv.reader(io.StringIO(done.stdout)))
        assert rows[0] == ["digit", *(f"p{k}" for k in range(10))]
        assert [int(row[0]) for row in rows[1:]] == list(probabilities.argmax(-1))
        np.testing.assert_allclose([[float(p) for p in row[1:]] for row in rows[1:]], probabilities, rtol=1e-5)


def test_the_champion_and_a_version_answer_the_numpy_one_without_tensorflow(reproduced, digits, tmp_path):
    raw, probabilities = digits
    np.savetxt(tmp_path / "digits.csv", raw.reshape(10, -1), fmt="%g", delimiter=",")

    def ask(uri):
        code = (
            f"import sys; sys.argv[1:] = ['--model', '{uri}', '--csv', '{tmp_path}/digits.csv'];"
            "from pipeline import predict; predict.main(); print('tensorflow' in sys.modules)"
        )
        done = reproduced.run("python", "-c", code)
        assert done.stderr == ""
        _, *rows, tensorflow = done.stdout.splitlines()
        return rows, tensorflow == "True"

    keras, numpy = ask("models:/digits/1"), ask("models:/digits/2")
    assert keras[1]
    assert not numpy[1]
    np.testing.assert_allclose([float(row.split(",")[1]) for row in numpy[0]], probabilities[:, 0], rtol=1e-5)
    assert ask("models:/digits@champion") in (keras, numpy)


MISTAKES = [
    (["missing.png"], "missing.png is missing"),
    (["README.md"], "README.md is not a picture"),
    (["--csv", "missing.csv"], "missing.csv is missing"),
    (["--csv", "empty.csv"], "empty.csv has no rows"),
    (["--model", "models:/digits/99", "digit.png"], "no model models:/digits/99"),
    (["--model", "models/none.npz", "digit.png"], "models/none.npz is missing"),
]


def test_a_mistake_is_one_line_that_names_it(finished):
    Image.fromarray(np.eye(8, dtype=np.uint8) * 255).save(finished.path / "digit.png")
    (finished.path / "empty.csv").write_text("\n")
    for arguments, told in MISTAKES:
        refused(finished, arguments, told)
    rows = finished.path / "rows.csv"
    for last, told in (
        ("1", "(n, 64), a row a digit, not (1, 63)"),
        ("1,-1", "a pixel is -1"),
        ("1,x", "must be numbers"),
    ):
        rows.write_text("1," * 63 + "1\n" + "1," * 62 + last + "\n")
        assert told in refused(finished, ["--csv", "rows.csv"], "rows.csv, line 2: ")
    (finished.path / "mlflow.db").unlink()
    refused(finished, ["digit.png"], "run `make repro` first")
    assert not (finished.path / "mlflow.db").exists()


def refused(clone, arguments, told):
    done = clone.run("python", "-m", "pipeline.predict", *arguments, ok=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert told in line
    return line
