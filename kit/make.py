"""Make what is handed out in class: `make practical DEST=...` says `python kit/make.py DEST`. It needs Python alone.

`master.py` is the notebook with all solutions, in the percent format; `students/` and `teacher/` are copied unchanged.
Cells with module="X.py" go into that file instead of the notebook, and cells tagged "solved" only into the solved
notebook. For the students, code between the markers becomes an exception that names the question, and cells tagged
"answer" are emptied. The markers are those of nbgrader, with a question behind them.
"""

import io
import json
import re
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
NOTEBOOK = "tp_neural_net.ipynb"
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION (.+)\n(?s:.*?)^\1### END SOLUTION$", re.M)
MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION.*\n?", re.M)
OPTION = re.compile(r'(\w+)=(\[.*?\]|".*?")')  # of a cell, behind its `# %%`


def main(folder):
    """Write both folders. Exits with a line, and writes nothing, where a file is there and differs."""
    students = {f"students/{name}": content for name, content in students_files().items()}
    made = {**students, "students.zip": zipped(students)}
    made.update({f"teacher/{name}": content for name, content in contents().items()})
    for name, content in made.items():
        file = folder / name
        if file.is_dir() or (file.exists() and file.read_bytes() != content):
            sys.exit(f"{file} is there, and differs from what would be written: remove it, or say DEST=another/folder")
    try:
        for name, content in made.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except OSError as error:
        sys.exit(f"DEST={folder}: {error.strerror}: {error.filename}")
    print(
        f"hand out {folder / 'students'}, or students.zip, which is the same; {folder / 'teacher'} is yours: TEACHER.md"
    )


def students_files():
    """The bytes of each file that students get, by its name in their folder."""
    return {**copied("students"), **written(skeleton(cells()))}


def contents():
    """The bytes of each file of the teacher's, by its name in that folder."""
    solution = {f"solution/{name}": content for name, content in written(solved(cells())).items()}
    return {**copied("teacher"), **solution}


def copied(name):
    files = [file for file in (HERE / name).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    return {file.relative_to(HERE / name).as_posix(): file.read_bytes() for file in sorted(files)}


def zipped(files):
    """The same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def cells():
    """The cells of the master: {"kind": "code" or "markdown", "source": ..., and what stands behind `# %%`}."""
    found = []
    for part in re.split(r"^# %%", (HERE / "master.py").read_text(encoding="utf-8"), flags=re.M)[1:]:
        head, _, source = part.partition("\n")
        cell = {key: json.loads(value) for key, value in OPTION.findall(head)}
        cell["kind"] = "markdown" if "[markdown]" in head else "code"
        # Markdown, and commands of IPython's, are comments in the master.
        comment = r"^# ?" if cell["kind"] == "markdown" else r"^# (?=%)"
        cell["source"] = re.sub(comment, "", source.strip("\n"), flags=re.M)
        found.append(cell)
    return found


def solved(cells):
    """The cells with their solutions, without the markers."""
    return [{**cell, "source": MARKER.sub("", cell["source"]).rstrip("\n")} for cell in cells]


def skeleton(cells):
    """The cells with blanks."""
    return [{**cell, "source": blank(cell)} for cell in cells if "solved" not in cell.get("tags", ())]


def blank(cell):
    if "answer" in cell.get("tags", ()):
        return "*Your answer:*"
    return SOLUTION.sub(lambda it: f'{it[1]}raise NotImplementedError("{quoted(it[2])}")', cell["source"])


def quoted(text):
    return text.replace("\\", r"\\").replace('"', r"\"")


def written(cells):
    """The notebook, and the modules beside it."""
    made = {NOTEBOOK: notebook([cell for cell in cells if "module" not in cell])}
    for module in dict.fromkeys(cell["module"] for cell in cells if "module" in cell):
        sources = [cell["source"] for cell in cells if cell.get("module") == module]
        made[module] = ("\n\n\n".join(sources) + "\n").encode()
    return made


def notebook(cells):
    """An .ipynb with these cells."""
    made = {"nbformat": 4, "nbformat_minor": 5, "cells": []}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made["metadata"] = {"kernelspec": kernel, "language_info": {"name": "python"}}
    for number, cell in enumerate(cells):
        of_code = {"execution_count": None, "outputs": []} if cell["kind"] == "code" else {}
        source = cell["source"].splitlines(keepends=True)
        made["cells"].append(
            {"cell_type": cell["kind"], "id": f"cell-{number}", "metadata": {}, "source": source, **of_code}
        )
    return (json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
