"""A picture as a model takes it; of a digit as scikit-learn's: 8x8 blocks, each the ink in it from 0 to 16."""

from pathlib import Path

import numpy as np
from PIL import Image

from digitrack import Refused
from digitrack.data.about import About
from digitrack.data.pictures import opened, resized

SIDE = 8  # pixels of a digit's height and of its width
MOST = 16  # what a pixel full of ink counts; paper is 0
DIGITS = About((SIDE, SIDE), tuple("0123456789"), None, float(MOST))  # whose pictures are found on paper of any kind
LEAST = 16  # the contrast, of 255, from which on something is there
NOISE, BLUR = 0.05, 0.2  # shares of the darkest ink that a JPEG's noise and the blurred edge of a stroke stay below


def as_sample(path: Path, about: About) -> np.ndarray:
    """The picture in a PNG or JPEG of any size, as a model takes it that `about` describes: `about.shape`.

    Raises Refused when there is no such file, no picture in it, or the model takes none.
    """
    if not about.images:
        raise Refused(f"{path}: the model takes rows of {about.n_features} features, no pictures: --csv FILE")
    if (about.shape, about.largest) == (DIGITS.shape, DIGITS.largest):
        return digit(path)
    height, width, *colors = about.shape
    return resized(path, (height, width), color=bool(colors)) / 255 * (about.largest or 0.0)


def digit(path: Path) -> np.ndarray:
    """The digit in a picture, dark on light or light on dark: (8, 8), values from 0 to 16.

    Raises Refused when there is no picture, or nothing on it.
    """
    rgba = opened(path)
    for paper in ("white", "black"):  # behind what is transparent; white ink shows on black alone
        gray = np.asarray(Image.alpha_composite(Image.new("RGBA", rgba.size, paper), rgba).convert("L"), float)
        if np.ptp(gray) >= LEAST:
            return blocks(gray)
    raise Refused(f"{path} shows no digit: all of it has one colour")


def blocks(gray: np.ndarray) -> np.ndarray:
    """Grey values (height, width) from 0 to 255 as (8, 8) blocks of ink.

    The data set's digits fill the height of their square. A picture in which one does is taken as it is, enlarged
    or not; from any other, the square around the digit is cut out.
    """
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    ink = abs(gray - np.median(border))  # most of the border is paper, whichever is the darker
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
        full = counted.max()  # thin lines leave no block full
    return np.round(counted * MOST / full)


def shares(n: int, start: float, length: float, middle: float) -> np.ndarray:
    """How much of each block each of n pixels fills, (8, n); the blocks divide `length` pixels from `start` on.

    Only the `middle` part of a block counts: enlarging a picture blurs the blocks' edges.
    """
    block = length / SIDE
    first = start + block * (np.arange(SIDE)[:, None] + (1 - middle) / 2)
    last = first + block * middle
    covered = np.minimum(last, np.arange(1, n + 1)) - np.maximum(first, np.arange(n))
    return np.clip(covered, 0, None) / (block * middle)
