"""What a served model takes: rows of pixels. Goes with the logged models, so it imports numpy alone."""

import json
from pathlib import Path

import numpy as np


def checked(rows, n_pixels, largest):
    """Pixels as floats (n, n_pixels). Raises ValueError that says what is wrong: shape, type, or value."""
    try:
        pixels = np.asarray(rows, float)
    except (TypeError, ValueError):
        raise ValueError(f"pixels must be numbers, in rows of {n_pixels}") from None
    if pixels.ndim != 2 or pixels.shape[1] != n_pixels:
        raise ValueError(f"pixels must be (n, {n_pixels}), a row a digit, not {pixels.shape}")
    if not ((pixels >= 0) & (pixels <= largest)).all():  # NaN is neither
        bad = pixels[~((pixels >= 0) & (pixels <= largest))][0]
        raise ValueError(f"a pixel is {bad:g}: pixels must be from 0 (paper) to {largest:g} (ink)")
    return pixels


def largest(file):
    """The largest pixel of the training data, from the file that goes with a model."""
    return json.loads(Path(file).read_text())["largest"]
