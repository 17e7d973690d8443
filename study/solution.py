"""The class that the page shows: `neural_net.py` of the kit's solution, which runs as it is pasted."""

import ast
from functools import cache
from pathlib import Path
from typing import Any

from study.places import ROOT

MODULE = "solution/neural_net.py"
FILES = (ROOT / "kit/master.py", ROOT / "kit/make.py")


@cache
def text() -> str:
    """The module, as the teacher gets it."""
    from kit.make import contents

    return contents()[MODULE].decode()


def names() -> dict[str, Any]:
    """What the module defines."""
    found: dict[str, Any] = {"__name__": "neural_net"}
    exec(compile(text(), Path(MODULE).name, "exec"), found)  # noqa: S102  a file of this repository
    return found


def source(*wanted: str) -> str:
    """The code of these functions or classes, without what they say about themselves."""
    module = text()
    parts = {part.name: part for part in ast.parse(module).body if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    return "\n\n".join(_without_docstrings(module, parts[name]) for name in wanted)


def _without_docstrings(module: str, part: ast.FunctionDef | ast.ClassDef) -> str:
    lines, first = module.splitlines(), part.lineno
    kept = dict(enumerate(lines[first - 1 : part.end_lineno], first))
    for node in ast.walk(part):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            after = docstring.end_lineno or docstring.lineno
            if not kept.get(after + 1, "-").strip():
                after += 1  # the empty line between a class's docstring and its first method
            for number in range(docstring.lineno, after + 1):
                kept.pop(number, None)
    return "\n".join(kept.values())
