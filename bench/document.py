"""Put what a benchmark found where people read it: as text between two marks of a page in docs/, and as JSON."""

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]


def machine(*packages: str) -> str:
    """The processor, the widest of its vector units that numpy uses, and the versions that a measurement depends on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    units = np.show_config(mode="dicts")["SIMD Extensions"]
    unit = (units.get("found") or units["baseline"])[-1]
    return f"{names[0] if names else platform.processor()} ({unit}), Python {platform.python_version()}, {versions}"


def table(rows: list[list[str]]) -> str:
    """Rows as a Markdown table, the first one its header; columns of equal width, so that it reads as text too."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def write(name: str, text: str, values: dict[str, Any] | None = None, page: str = "neural_net") -> None:
    """Print the text and put it between the page's marks of this name; values, if any, go into bench/results/."""
    print(text)
    document, mark = ROOT / f"docs/{page}.md", f"<!-- {name} -->"
    before, _, after = document.read_text().split(mark)
    document.write_text(f"{before}{mark}\n{text}\n{mark}{after}")
    if values is not None:
        save(name, values)


def save(name: str, values: dict[str, Any]) -> None:
    """Write all that was measured to bench/results/."""
    file = ROOT / f"bench/results/{name}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(values, indent=1) + "\n")
