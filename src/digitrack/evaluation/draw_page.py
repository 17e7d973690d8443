"""Write a page to draw on, which contains the networks: one HTML file that needs no server and no internet."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from digitrack.data.names import shown
from digitrack.data.sample_info import SampleInfo
from digitrack.data.scaled import Scaler
from digitrack.neural_net import NAMES, NeuralNet

TEMPLATE = Path(__file__).with_suffix(".html")
MOST = 2**25  # bytes of weights: in the page they take a third more, and MLflow shows pages up to 50 MB
FAINT = 0.2  # share of the most ink in the mean sample: pixels with less are margin


class Fooled(NamedTuple):
    """Test samples that all networks get wrong: how many there are, and which ones the page shows."""

    n: int
    rows: Sequence[Mapping[str, Any]]  # index and true class
    samples: np.ndarray  # (len(rows), height, width) or (len(rows), height, width, 3)


def write(
    path: Path, info: SampleInfo, scaler: Scaler, networks: Mapping[str, NeuralNet | None], fooled: Fooled
) -> None:
    """Write the page, and create its folder. Equal arguments give equal bytes.

    None stands for a network of another kind, which the page names but can't run.
    """
    kept = {name: net for name, net in networks.items() if net is not None}
    size = sum(getattr(net, array).nbytes for net in kept.values() for array in NAMES)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not info.images:
        path.write_text(_line(f"A sample is a row of {info.n_features} numbers: there is nothing to draw."))
    elif not kept:
        path.write_text(_line(f"There is nothing to draw for: {_others(networks)}"))
    elif size > MOST:
        path.write_text(_line(f"The networks' weights take {size / 2**20:.0f} MB, too much for a page to draw on."))
    else:
        path.write_text(TEMPLATE.read_text().replace("@data@", _escaped(_data(info, scaler, networks, fooled))))


def _line(text: str) -> str:
    """Return a page with this text alone."""
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Draw</title><p>{text}</p></html>\n'


def _others(networks: Mapping[str, NeuralNet | None]) -> str:
    names = ", ".join(name for name, net in networks.items() if net is None)
    return f"{names}, as this page can only run networks with one hidden layer." if names else ""


def _escaped(data: dict[str, Any]) -> str:
    """Return JSON that can't end the script around it, whatever names it contains."""
    text = json.dumps(data)  # in ASCII, so that line separators are escaped too
    return text.replace("<", r"\u003c").replace(">", r"\u003e").replace("&", r"\u0026")


def _data(info: SampleInfo, scaler: Scaler, networks: Mapping[str, NeuralNet | None], fooled: Fooled) -> dict[str, Any]:
    digits = set(info.class_names) <= set("0123456789")
    paper, box = _paper(info, scaler.mean)
    others = _others(networks)
    return {
        "title": f"Draw a {'digit' if digits else 'sample'}",
        "note": f"Left out: {others}" if others else "",
        "classes": [shown(name) for name in info.class_names],
        "shape": info.shape,
        "largest": info.largest,
        "paper": paper,
        "box": box,
        "mean": _array(scaler.mean),
        "scale": _array(scaler.scale),
        "networks": [
            {"name": name, **{array: _array(getattr(net, array)) for array in NAMES}}
            for name, net in networks.items()
            if net is not None
        ],
        "fooled": {
            "title": _title(fooled, len(networks)),
            "samples": [
                {"index": row["index"], "name": shown(str(row["true"])), "pixels": _array(np.asarray(sample, float))}
                for row, sample in zip(fooled.rows, fooled.samples, strict=True)
            ],
        },
    }


def _title(fooled: Fooled, n_networks: int) -> str:
    them = {1: "the network", 2: "both networks"}.get(n_networks, f"all {n_networks} networks")
    if not fooled.n:
        return f"No test sample fools {them}"
    some = f": {len(fooled.rows)} of {fooled.n}" if len(fooled.rows) < fooled.n else ""
    return f"Test samples that fool {them}{some}"


def _paper(info: SampleInfo, mean: np.ndarray) -> tuple[float, dict[str, Any]]:
    """Return the pixel of blank paper, 0 or the largest, and the square to which drawings are scaled.

    It is where the mean training sample has ink.
    """
    height, width, *_ = info.shape
    image = mean.reshape(height, width, -1).mean(axis=-1)
    largest = info.largest or 0.0
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    paper = largest if np.median(border) > largest / 2 else 0.0
    ink = abs(image - paper)
    inked = ink > FAINT * ink.max()
    ends = [np.flatnonzero(inked.any(axis=axis))[[0, -1]] if inked.any() else (0, n - 1)
            for axis, n in ((0, width), (1, height))]  # fmt: skip
    side = max(int(last - first + 1) for first, last in ends)
    return paper, {"side": side, "centre": [(int(first) + int(last) + 1) / 2 for first, last in ends]}


def _array(array: np.ndarray) -> dict[str, str]:
    """Encode the numbers in their own precision."""
    kind = "f4" if array.dtype == np.float32 else "f8"
    return {"type": kind, "base64": b64encode(array.astype(f"<{kind}").tobytes()).decode()}
