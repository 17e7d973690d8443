"""The folders that students and the teacher get: what is in them and what is not, and how they are written."""

import ast
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import jupytext
import nbformat
import pytest

from kit.make import cells, main

ROOT = Path(__file__).parents[2]
BLANK = re.compile(r'raise NotImplementedError\("question (\d+): ')
NOTEBOOK = "tp_neural_net.ipynb"
NAMES = ["checks.py", "diagnoses", "first_part.py", "neural_net.py", "pytest.ini", "README.md", "requirements.txt",
         "test_practical.py", NOTEBOOK, "WHERE.md"]  # fmt: skip


def code(notebook):
    return [
        "".join(cell["source"]) for cell in json.loads(notebook.read_text())["cells"] if cell["cell_type"] == "code"
    ]


def refusal(folder):
    with pytest.raises(SystemExit) as raised:
        main(folder)
    (line,) = str(raised.value.code).splitlines()
    return line


def files(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*")
            if file.is_file() and file.suffix != ".pyc"}  # fmt: skip


def test_the_same_bytes_every_time_and_no_work_is_overwritten(handed_out, tmp_path):
    main(tmp_path / "practical")
    assert files(tmp_path / "practical") == files(handed_out)

    main(tmp_path / "practical")
    work, gone = tmp_path / "practical/students/neural_net.py", tmp_path / "practical/students/checks.py"
    work.write_text("# an evening's work\n")
    gone.unlink()
    assert re.fullmatch(r".*practical/students/neural_net\.py is there, .* DEST=.*", refusal(tmp_path / "practical"))
    assert work.read_text() == "# an evening's work\n"
    assert not gone.exists()


def test_a_file_where_the_folder_should_be_is_refused_in_a_line(tmp_path):
    (tmp_path / "practical").touch()
    assert f"DEST={tmp_path / 'practical'}" in refusal(tmp_path / "practical")


def test_it_needs_nothing_but_python(tmp_path):
    done = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "kit/make.py", "practical"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "practical").iterdir()) == ["students", "students.zip", "teacher"]
    assert "hand out" in done.stdout


def test_students_and_teacher_get_folders_of_their_own(handed_out):
    students, teacher = handed_out / "students", handed_out / "teacher"
    assert sorted(path.name for path in students.iterdir() if path.name != "__pycache__") == sorted(NAMES)
    assert sorted(path.name for path in teacher.iterdir()) == ["TEACHER.md", "answers.py", "points.csv", "solution"]
    with zipfile.ZipFile(io.BytesIO((handed_out / "students.zip").read_bytes())) as packed:
        assert {Path(name): packed.read(name) for name in packed.namelist()} == {
            Path("students") / name: content for name, content in files(students).items()
        }


def test_the_master_is_read_as_jupytext_reads_it():
    theirs = jupytext.read(ROOT / "kit/master.py", fmt="py:percent").cells
    for ours, cell in zip(cells(), theirs, strict=True):
        assert (ours["kind"], ours["source"]) == (cell.cell_type, cell.source)
        for option in ("tags", "module"):
            assert ours.get(option) == cell.metadata.get(option)


@pytest.mark.parametrize("place", ["students", "teacher/solution"])
def test_the_notebooks_are_valid(handed_out, place):
    nbformat.validate(nbformat.read(handed_out / place / NOTEBOOK, 4))


@pytest.mark.parametrize("module", ["first_part.py", "neural_net.py"])
def test_students_get_every_function_without_its_body(handed_out, module):
    blank, solved = ((handed_out / place / module).read_text() for place in ("students", "teacher/solution"))
    names = [node.name for node in ast.walk(ast.parse(solved)) if isinstance(node, ast.FunctionDef)]
    assert names == [node.name for node in ast.walk(ast.parse(blank)) if isinstance(node, ast.FunctionDef)]
    assert len(BLANK.findall(blank)) == len(names)
    assert "NotImplementedError" not in solved


def test_no_solution_and_no_marker_is_handed_out(handed_out):
    students = handed_out / "students"
    texts = [file.read_text() for file in students.iterdir() if file.is_file()]
    assert not [text for text in texts if "BEGIN SOLUTION" in text or "END SOLUTION" in text]
    for cell in code(students / NOTEBOOK):
        assert bool(BLANK.search(cell)) == ("NotImplementedError" in cell)
    assert (students / NOTEBOOK).read_text().count("*Your answer:*") == 12
    assert "Your answer:" not in (handed_out / "teacher/solution" / NOTEBOOK).read_text()


def test_the_notebook_asks_all_fourteen_questions(handed_out):
    asked = json.loads((handed_out / "students" / NOTEBOOK).read_text())["cells"]
    text = "\n".join("".join(cell["source"]) for cell in asked if cell["cell_type"] == "markdown")
    assert re.findall(r"\*\*Question (\d+)\.\*\*", text) == [str(n) for n in range(1, 15)]


def test_the_folders_know_nothing_of_this_project(handed_out):
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
    wanted = set(re.findall(r"^[\w.-]+==[\w.]+$", (ROOT / "kit/students/requirements.txt").read_text(), re.M))
    assert len(wanted) == 7
    (other,) = wanted - locked
    assert other.startswith("jupyterlab==")
