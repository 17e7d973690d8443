"""Measured times: kept from the first measurement, so that the page is the same in every clone.

Remove docs/study/times.json to have them measured anew.
"""

import json
from typing import Any

from study.places import FIGURES, write


def kept(question: str, figures: dict[str, Any], *paths: tuple[str, str]) -> dict[str, Any]:
    """The figures, with what stands at the paths in them as measured before, if it was for the same values."""
    file = FIGURES / "times.json"
    before = json.loads(file.read_text()) if file.exists() else {}
    for outer, inner in paths:
        name, now = f"{question} {outer}", figures[outer][inner]
        if before.get(name, {}).keys() != now.keys():
            before[name] = {key: float(f"{value:.2g}") for key, value in now.items()}
        figures[outer][inner] = {key: before[name][key] for key in now}
    write(file, (json.dumps(before, indent=1, sort_keys=True) + "\n").encode())
    return figures
