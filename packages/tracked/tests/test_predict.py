"""`tracked predict` asks a model of any kind about a file."""

import numpy as np
import pandas as pd
import pytest

from tracked.errors import UserError
from tracked.serving import predict
from tracked.serving.loaded import Loaded


@pytest.fixture
def answer(tmp_path):
    """What is answered for a file with this content."""

    def ask(model, content, name="rows.csv"):
        file = tmp_path / name
        file.write_bytes(content.encode())
        return predict.answers(model, "models:/m/1", file)

    return ask


def echo(rows):
    return rows


def test_rows_are_taken_by_the_names_of_the_columns(answer):
    model = Loaded(echo, ["age", "code"], types={"code": str})
    found = answer(model, "code,other,age\n007,x,3\n,y,\n")
    assert found.to_csv(index=False) == "age,code\n3.0,007\n,\n"
    with pytest.raises(UserError, match=r"rows.csv has no column age, which the model takes, but code, other"):
        answer(model, "code,other\n1,2\n")
    assert list(answer(Loaded(echo, ["age", "code"], optional=["age"]), "code\n1\n").columns) == ["code"]


def test_rows_without_names_are_numbers_with_or_without_a_heading(answer):
    model = Loaded(lambda rows: rows.sum(axis=1), takes_array=True)
    for content in ("1,2\n3,4\n", "a,b\n1,2\n3,4\n"):
        assert answer(model, content).to_csv(index=False) == "output\n3.0\n7.0\n"
    with pytest.raises(UserError, match=r"rows.csv is not readable CSV: could not convert string to float"):
        answer(model, "1,2\n3,x\n")


def test_a_file_is_given_as_it_is(answer):
    model = Loaded(lambda content: [[len(content), 1]], outputs=["size", "one"], takes_file=True)
    assert answer(model, "12345", "picture.png").to_csv(index=False) == "size,one\n5,1\n"


def test_answers_have_the_names_of_the_outputs():
    assert list(predict.named(np.ones((2, 2)), ["a", "b"]).columns) == ["a", "b"]
    assert list(predict.named(np.ones((2, 2)), ["a"]).columns) == ["output_1", "output_2"]
    assert list(predict.named(pd.DataFrame({"p": [1]}), None).columns) == ["p"]
    assert predict.named(["yes", "no"], None).to_csv(index=False) == "output\nyes\nno\n"
    with pytest.raises(ValueError, match="no table"):
        predict.named(np.ones((2, 2, 2)), None)


def test_a_model_that_fails_is_one_line(answer):
    def refuse(rows):
        raise ValueError("an age\nis below 0")

    def fail(rows):
        raise KeyError("b")

    for model, told in ((refuse, "rows.csv: an age is below 0$"), (fail, "rows.csv: KeyError: 'b'$")):
        with pytest.raises(UserError, match=f"^models:/m/1 gives no answer for .*{told}"):
            answer(Loaded(model), "a\n1\n")
    with pytest.raises(UserError, match="is not readable CSV: No columns to parse"):
        answer(Loaded(echo), "")


def test_the_champion_is_asked_for_rows_without_names(tiny_ran, tmp_path):
    (tmp_path / "x.csv").write_text("1\n3\n")
    head, *values = tiny_ran.run("tracked", "predict", str(tmp_path / "x.csv")).stdout.splitlines()
    assert head == "output"
    assert float(values[1]) == pytest.approx(3 * float(values[0]))


def test_what_can_not_be_asked_is_one_line(tiny):
    assert tiny.run("tracked", "predict", "no.csv", ok=False).stderr == "error: no.csv is missing\n"
    assert "is a folder: name a file in it" in tiny.run("tracked", "predict", "conf", ok=False).stderr
    told = tiny.run("tracked", "predict", "params.yaml", ok=False).stderr
    assert "`dvc repro` makes them" in told
    assert len(told.splitlines()) == 1
