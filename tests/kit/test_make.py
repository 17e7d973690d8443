"""The folder that students get: what is in it and what is not, and how it is written."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest

from kit.make import main

ROOT = Path(__file__).parents[2]
BLANK = re.compile(r'raise NotImplementedError\("question (\d+): ')


def code(notebook):
    cells = json.loads(notebook.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def refusal(folder):
    with pytest.raises(SystemExit) as raised:
        main(folder)
    (line,) = str(raised.value.code).splitlines()
    return line


def test_the_same_bytes_every_time_and_no_work_is_overwritten(handed_out, tmp_path):
    main(tmp_path / "practical")
    files = {file.relative_to(handed_out) for file in handed_out.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    for file in files:
        assert (tmp_path / "practical" / file).read_bytes() == (handed_out / file).read_bytes()

    main(tmp_path / "practical")
    work, gone = tmp_path / "practical/neural_net.py", tmp_path / "practical/checks.py"
    work.write_text("# an evening's work\n")
    gone.unlink()
    assert re.fullmatch(r".*practical/neural_net\.py is there, .* DEST=.*", refusal(tmp_path / "practical"))
    assert work.read_text() == "# an evening's work\n"
    assert not gone.exists()


def test_a_file_where_the_folder_should_be_is_refused_in_a_line(tmp_path):
    (tmp_path / "practical").touch()
    assert f"DEST={tmp_path / 'practical'}" in refusal(tmp_path / "practical")


@pytest.mark.parametrize("module", ["first_part.py", "neural_net.py"])
def test_students_get_every_function_without_its_body(handed_out, module):
    blank, solved = ((handed_out / place / module).read_text() for place in (".", "solution"))
    names = [node.name for node in ast.walk(ast.parse(solved)) if isinstance(node, ast.FunctionDef)]
    assert names == [node.name for node in ast.walk(ast.parse(blank)) if isinstance(node, ast.FunctionDef)]
    assert len(BLANK.findall(blank)) == len(names)
    assert "NotImplementedError" not in solved


def test_no_solution_and_no_marker_is_handed_out(handed_out):
    texts = [file.read_text() for file in handed_out.iterdir() if file.is_file()]
    assert not [text for text in texts if "BEGIN SOLUTION" in text or "END SOLUTION" in text]
    for cell in code(handed_out / "tp_neural_net.ipynb"):
        assert bool(BLANK.search(cell)) == ("NotImplementedError" in cell)
    answers = (handed_out / "tp_neural_net.ipynb").read_text().count("*Your answer:*")
    assert answers == 12
    assert "Your answer:" not in (handed_out / "solution/tp_neural_net.ipynb").read_text()


def test_the_notebook_asks_all_fourteen_questions(handed_out):
    cells = json.loads((handed_out / "tp_neural_net.ipynb").read_text())["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert re.findall(r"\*\*Question (\d+)\.\*\*", text) == [str(n) for n in range(1, 15)]


def test_the_folder_knows_nothing_of_this_project(handed_out):
    allowed = {"keras", "matplotlib", "numpy", "pytest", "scipy", "sklearn"}
    own = {"checks", "diagnoses", "first_part", "neural_net"}
    texts = [file.read_text() for file in handed_out.rglob("*.py")]
    texts += ["\n".join(code(file)).replace("%", "#") for file in handed_out.rglob("*.ipynb")]
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert {name.split(".")[0] for name in names} <= allowed | own | set(sys.stdlib_module_names)


def test_its_requirements_are_the_versions_tried_here():
    locked = set(re.findall(r"^[\w.-]+==[\w.]+", (ROOT / "requirements.lock").read_text(), re.M))
    wanted = set(re.findall(r"^[\w.-]+==[\w.]+$", (ROOT / "kit/folder/requirements.txt").read_text(), re.M))
    assert len(wanted) == 7
    (other,) = wanted - locked
    assert other.startswith("jupyterlab==")
