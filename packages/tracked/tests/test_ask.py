"""A logged model is asked with the code that it carries, whatever the code of today is."""

import json

import pytest

SLOPE = 2.0  # about what the tiny project's lines have learned
ASK = """
import json
import numpy as np
from tracked.project import here
here()
import tinylib.serving  # as whoever asks may have done
from tracked import UserError, champion
try:
    print(json.dumps(champion(np.array({rows}), {uri!r}).tolist()))
except UserError as error:
    print(error)
"""


def answer(tiny, uri, rows, **env):
    """What the model gives for the rows, or the line that says why it gives nothing."""
    (line,) = tiny.python(ASK.format(uri=uri, rows=rows), **env).stdout.splitlines()
    return json.loads(line) if line.startswith("[") else line


def test_a_registered_model_answers(tiny_ran):
    (first,), (second,) = answer(tiny_ran, "models:/lines@champion", [[1.0], [3.0]])
    assert first == pytest.approx(SLOPE, abs=0.5)
    assert second == pytest.approx(3 * first)


@pytest.mark.long
def test_a_model_runs_its_own_code(tiny_copy):
    before = answer(tiny_copy, "models:/lines/1", [[1.0]])
    serving = tiny_copy.path / "src/tinylib/serving.py"
    serving.write_text("def line(files):\n    return lambda rows: -rows\n")
    assert answer(tiny_copy, "models:/lines/1", [[1.0]]) == before


@pytest.mark.long
def test_a_project_that_would_import_todays_code_before_the_model_does_is_told(tiny_copy):
    project = tiny_copy.path / "tiny/project.py"
    project.write_text(f"import tinylib\n{project.read_text()}")
    assert "tiny.project imports tinylib" in answer(tiny_copy, "models:/lines/1", [[1.0]])


@pytest.mark.long
def test_what_gives_no_answer_is_one_line(tiny_ran):
    told = answer(tiny_ran, "models:/lines/99", [[1.0]])
    assert "no model models:/lines/99 in sqlite:///" in told
    assert "`dvc repro -f -s judge` registers" in told
    told = answer(tiny_ran, "models:/lines/1", [[1.0, 2.0]])
    assert told.startswith("models:/lines/1 gives no answer: ")
    assert "rows must be (n, 1), not (1, 2)" in told


def test_without_runs_it_says_what_to_run(tiny):
    assert "`dvc repro` makes them" in answer(tiny, "models:/lines/1", [[1.0]])
    assert not (tiny.path / "mlflow.db").exists()
