"""Progress of a training: one updating line on a terminal, a few plain lines elsewhere."""

import sys


def report(net: str, epoch: int, epochs: int, values: dict[str, float]) -> None:
    """Show that `epoch` (from 1) of `epochs` is done."""
    text = f"{net}: epoch {epoch}/{epochs}  " + "  ".join(f"{k} {v:.4f}" for k, v in values.items())
    if sys.stdout.isatty():
        print(f"\r\x1b[K{text}", end="\n" if epoch == epochs else "", flush=True)
    elif epoch % max(1, epochs // 5) == 0 or epoch == epochs:
        print(text, flush=True)
