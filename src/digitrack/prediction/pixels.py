"""Rows of pixels, which all models take."""

import numpy as np

SIDE = 8  # pixels of a digit's height and of its width
MOST = 16  # what a pixel full of ink counts; paper is 0


def checked(rows, n_pixels: int, largest: float) -> np.ndarray:
    """Rows as floats (n, n_pixels). Raises ValueError that says what is wrong: shape, type, or value."""
    try:
        pixels = np.asarray(rows, float)
    except (TypeError, ValueError):
        raise ValueError(f"pixels must be numbers, in rows of {n_pixels}") from None
    if pixels.ndim != 2 or pixels.shape[1] != n_pixels:
        raise ValueError(f"pixels must be (n, {n_pixels}), a row a digit, not {pixels.shape}")
    wrong = ~((pixels >= 0) & (pixels <= largest))  # NaN is neither
    if wrong.any():
        raise ValueError(f"a pixel is {pixels[wrong][0]:g}: pixels must be from 0 (paper) to {largest:g} (ink)")
    return pixels
