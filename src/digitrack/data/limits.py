"""Which pixels a model was trained on, as a file that goes with it: what it takes when it is served."""

import json
from pathlib import Path

import numpy as np

from digitrack import Refused

from .checks import MOST


def write_limits(path: Path, pixels: np.ndarray) -> None:
    """Write the largest of the pixels, of any shape."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"largest": float(pixels.max())}) + "\n")


def read_largest(path: Path) -> float:
    """The largest pixel that a model takes. Raises Refused when the file is missing, or says no such number."""
    try:
        told = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except (ValueError, RecursionError) as error:
        raise Refused(f"{path} is damaged ({error})") from None
    largest = told.get("largest") if isinstance(told, dict) else None
    if type(largest) is not float or not 0 <= largest <= MOST:  # false for NaN too
        raise Refused(f"{path} is not what it should be: largest must be a number from 0 to {MOST}")
    return largest
