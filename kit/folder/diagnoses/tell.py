"""How a check compares, and how it says what is wrong."""

import numpy as np


class Wrong(AssertionError):
    """What is wrong, in a sentence or two."""

    def _render_traceback_(self):
        return [f"WRONG  {self}"]  # IPython shows these lines: the way through the checks helps nobody


def array(got):
    """What a function returned, as an array of numbers. Raises Wrong."""
    if got is None:
        raise Wrong("it returns None. Is there a `return`?")
    try:
        return np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"it returns {type(got).__name__}, not numbers in an array") from None


def equal(got, right, mistakes=None, otherwise=""):
    """Raises Wrong unless got is right, axes of length 1 aside.

    mistakes are messages with the array that the mistake would give, or a tuple of some; if none fits, the message says
    what was got, and `otherwise`.
    """
    got, right = array(got), array(right)
    if alike(got, right):
        return
    for message, wrong in (mistakes or {}).items():
        if any(alike(got, each) for each in (wrong if isinstance(wrong, tuple) else (wrong,))):
            raise Wrong(message)
    if np.squeeze(got).shape != np.squeeze(right).shape:
        raise Wrong(f"its shape is {got.shape}, to be {right.shape}. {otherwise}".strip())
    if np.isnan(got).any() and not np.isnan(right).any():
        raise Wrong(f"it gives nan. {otherwise}".strip())
    raise Wrong(f"it gives {short(got)}, to be {short(right)}. {otherwise}".strip())


def alike(a, b):
    """Whether two arrays hold the same numbers in the same shape; a mean of 1, or a row of 1, is what it holds."""
    a, b = np.squeeze(a), np.squeeze(b)
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True)


def short(a):
    """An array in a line."""
    return " ".join(np.array2string(np.squeeze(a), precision=3, threshold=8, edgeitems=2).split())
