"""How a check compares, and how it says what is wrong."""

import numpy as np

LONGEST = 600  # characters of a message: an exception may hold a whole array


class Wrong(AssertionError):
    """What is wrong, in a sentence or two."""

    def _render_traceback_(self):
        return [f"WRONG  {self}"]  # IPython shows these lines: the way through the checks helps nobody


class Blank(Wrong):
    """Still to be written."""


class Unreadable(Wrong):
    """The file can't be loaded, so that none of its functions can be checked."""


class Waits(Wrong):
    """Something that it builds on is wrong, or still to be written."""


def plain(text):
    """A text in one line without control characters, cut where it is too long: students may write anything."""
    line = "".join(c if c.isprintable() else " " for c in str(text)[: 4 * LONGEST])
    line = " ".join(line.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]} ..."


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
    raise Wrong(differs(got, right, otherwise))


def differs(got, right, otherwise=""):
    """How an array differs from the right one, where no mistake is known that gives it."""
    if np.squeeze(got).shape != np.squeeze(right).shape:
        text = f"its shape is {got.shape}, to be {right.shape}."
    elif np.isnan(got).any() and not np.isnan(right).any():
        text = "it gives nan."
    else:
        text = f"it gives {short(got)}, to be {short(right)}."
    return f"{text} {otherwise}".strip()


def alike(a, b):
    """Whether two arrays hold the same numbers in the same shape; a mean of 1, or a row of 1, is what it holds."""
    a, b = np.squeeze(a), np.squeeze(b)
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=True)


def factor(got, right):
    """The number c for which got is c times right, if there is one; else None."""
    got, right = np.ravel(got), np.ravel(right)
    if got.shape != right.shape or not (right @ right and np.isfinite(got).all()):
        return None
    c = float(got @ right / (right @ right))
    return c if alike(got, c * right) else None


def short(a):
    """An array in a line."""
    return " ".join(np.array2string(np.squeeze(a), precision=3, threshold=8, edgeitems=2).split())


def listed(names):
    """ "W_h", "W_h and b_h", "W_h, b_h and W_o"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
