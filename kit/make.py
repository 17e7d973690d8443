"""Make the folder that is handed out in class: `make practical DEST=...` says `python kit/make.py DEST`.

`master.py` is the notebook with all solutions, as jupytext reads it; `folder/` is copied as it is. Cells with
module="X.py" go into that file instead of the notebook, cells tagged "solved" into the solved notebook alone. For the
students, code between the markers becomes an exception that names the question, and cells tagged "answer" are emptied.
The markers are those of nbgrader, but that a question follows them.
"""

import re
import sys
from copy import deepcopy
from pathlib import Path

import jupytext
import nbformat

HERE = Path(__file__).parent
NOTEBOOK = "tp_neural_net.ipynb"
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION (.+)\n(?s:.*?)^\1### END SOLUTION$", re.M)
MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION.*\n?", re.M)


def main(folder):
    """Write the files. Exits with a line, and writes nothing, where one of them is there and differs."""
    made = contents()
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
    print(f"{len(made)} files in {folder}: hand out all but solution/, of which solution/TEACHER.md says more")


def contents():
    """The bytes of each file, by its name in the folder."""
    files = [file for file in (HERE / "folder").rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    made = {file.relative_to(HERE / "folder").as_posix(): file.read_bytes() for file in sorted(files)}
    master = jupytext.read(HERE / "master.py", fmt="py:percent")
    for place, cells in {"": skeleton(master.cells), "solution/": solved(master.cells)}.items():
        made[place + NOTEBOOK] = notebook([cell for cell in cells if "module" not in cell.metadata])
        for module in dict.fromkeys(cell.metadata["module"] for cell in cells if "module" in cell.metadata):
            sources = [cell.source for cell in cells if cell.metadata.get("module") == module]
            made[place + module] = ("\n\n\n".join(sources) + "\n").encode()
    return made


def solved(cells):
    """The cells with their solutions, without the markers."""
    cells = deepcopy(cells)
    for cell in cells:
        cell.source = MARKER.sub("", cell.source).rstrip("\n")
    return cells


def skeleton(cells):
    """The cells with blanks."""
    cells = [deepcopy(cell) for cell in cells if "solved" not in cell.metadata.get("tags", ())]
    for cell in cells:
        cell.source = SOLUTION.sub(
            lambda found: f'{found[1]}raise NotImplementedError("{quoted(found[2])}")', cell.source
        )
        if "answer" in cell.metadata.get("tags", ()):
            cell.source = "*Your answer:*"
    return cells


def quoted(text):
    return text.replace("\\", r"\\").replace('"', r"\"")


def notebook(cells):
    """An .ipynb with these cells: the same bytes every time."""
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
        cell.metadata = {}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    return (nbformat.writes(made) + "\n").encode()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
