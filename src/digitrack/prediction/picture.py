"""Turn a picture into a sample; a digit becomes 8x8 blocks of ink, each from 0 to 16, as in scikit-learn's data."""

from pathlib import Path

import numpy as np
from PIL import Image

from digitrack import Refused
from digitrack.data.pictures import opened, resized
from digitrack.data.sample_info import SampleInfo

SIDE = 8  # pixels of a digit's height and of its width
MOST = 16  # a pixel full of ink; paper is 0
DIGITS = SampleInfo(
    (SIDE, SIDE), tuple("0123456789"), None, float(MOST)
)  # for these, the digit is searched for in the picture
LEAST = 16  # the contrast, of 255, below which a picture is blank
NOISE, BLUR = 0.05, 0.2  # shares of the darkest ink: a JPEG's noise and the blurred edges of strokes have less


def as_sample(path: Path, info: SampleInfo) -> np.ndarray:
    """Return the picture in a PNG or JPEG of any size as the model that `info` describes takes it: `info.shape`.

    Raises Refused when the file is missing or not a picture, or when the model takes no pictures.
    """
    if not info.images:
        raise Refused(f"{path}: the model takes rows of {info.n_features} features, not pictures: use --csv FILE")
    if (info.shape, info.largest) == (DIGITS.shape, DIGITS.largest):
        return digit(path)
    height, width, *colors = info.shape
    return resized(path, (height, width), color=bool(colors)) / 255 * (info.largest or 0.0)


def digit(path: Path) -> np.ndarray:
    """Return the digit in a picture, dark on light or light on dark: (8, 8), values from 0 to 16.

    Raises Refused when the file is missing, not a picture, or blank.
    """
    rgba = opened(path)
    for paper in ("white", "black"):  # behind transparent pixels; white ink is visible only on black
        gray = np.asarray(Image.alpha_composite(Image.new("RGBA", rgba.size, paper), rgba).convert("L"), float)
        if np.ptp(gray) >= LEAST:
            return blocks(gray)
    raise Refused(f"{path} shows no digit: it has a single colour")


def blocks(gray: np.ndarray) -> np.ndarray:
    """Turn grey values (height, width) from 0 to 255 into (8, 8) blocks of ink.

    The data set's digits fill the height of their square. A square picture whose digit does is used whole, whatever its
    size; from any other, the square around the digit is cut out.
    """
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    ink = abs(gray - np.median(border))  # most of the border is paper, light or dark
    darkest = ink.max()
    ink[ink < NOISE * darkest] = 0
    height, width = ink.shape
    if height == width and (height == SIDE or ink[[0, -1]].any(axis=1).all()):
        counted = shares(height, 0, height, 0.25) @ ink @ shares(width, 0, width, 0.25).T
        full = 255 if darkest > 128 else darkest
    else:
        ink[ink < BLUR * darkest] = 0
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        side = float(max(np.ptp(rows), np.ptp(columns)) + 1)
        top, left = ((pixels[0] + pixels[-1] + 1 - side) / 2 for pixels in (rows, columns))
        counted = shares(height, top, side, 0.75) @ ink @ shares(width, left, side, 0.75).T
        full = counted.max()  # thin lines fill no block
    return np.round(counted * MOST / full)


def shares(n: int, start: float, length: float, middle: float) -> np.ndarray:
    """Return the share of each block that each of n pixels covers: (8, n). The blocks divide `length` pixels from
    `start` on.

    Only the `middle` part of a block counts: enlarging a picture blurs the blocks' edges.
    """
    block = length / SIDE
    first = start + block * (np.arange(SIDE)[:, None] + (1 - middle) / 2)
    last = first + block * middle
    covered = np.minimum(last, np.arange(1, n + 1)) - np.maximum(first, np.arange(n))
    return np.clip(covered, 0, None) / (block * middle)
