"""Figures, pictures, the page and its offline twin: made of what was found out, where that has changed."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

from study.evidence import hashed
from study.page import render
from study.places import CACHE, FIGURES, OFFLINE, PAGE, PICTURES, ROOT, TEMPLATES, write
from study.questions import Figures, question

STAMPS = CACHE / "made.json"


def everything(figures: dict[str, Figures]) -> str:
    """Returns what became of the page, for people."""
    figures_and_pictures(figures)
    page = render(figures)
    before = PAGE.read_bytes() if PAGE.exists() else b""
    write(PAGE, page.encode())
    shown = [*sorted(PICTURES.glob("*.png")), TEMPLATES / "style.html", ROOT / "study/offline.py"]
    once("offline", hashed(page, files=shown), offline)
    return f"{PAGE.relative_to(ROOT)} is {'as it was' if before == page.encode() else 'new'}"


def figures_and_pictures(figures: dict[str, Figures]) -> None:
    """Written before the page is: when a claim on it does not hold, they show why."""
    for name, found in figures.items():
        text = json.dumps(found, indent=None, separators=(",", ":")) + "\n"
        write(FIGURES / f"{name}.json", text.encode())
        own = [ROOT / "study/drawing.py", ROOT / f"study/questions/{name}.py"]
        once(f"pictures of {name}", hashed(text, files=own), partial(pictures, name, found))


def once(what: str, key: str, make: Callable[[], list[Path]]) -> None:
    """Make files, unless they were made with this key before and are there."""
    stamps = json.loads(STAMPS.read_text()) if STAMPS.exists() else {}
    made = stamps.get(what, {"key": None, "files": []})
    if made["key"] != key or not all((ROOT / file).exists() for file in made["files"]):
        files = [file.relative_to(ROOT).as_posix() for file in make()]
        write(STAMPS, json.dumps(stamps | {what: {"key": key, "files": files}}).encode())


def pictures(name: str, figures: Figures) -> list[Path]:
    from study import drawing

    files = []
    with drawing.styled():
        for stem, figure in question(name).draw(figures).items():
            files.append(PICTURES / f"{name}_{stem}.png")
            write(files[-1], drawing.png(figure))
    return files


def offline() -> list[Path]:
    from study.offline import html

    write(OFFLINE, html(PAGE.read_text()))
    return [OFFLINE]
