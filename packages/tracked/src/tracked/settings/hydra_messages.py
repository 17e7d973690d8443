"""What Hydra says of a mistake, in one line that a user can act on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from tracked.errors import UserError
from tracked.messages import one_line

NO_SUCH_KEY = re.compile(r"Could not override '([^']+)'\. To append to your config use (\+.*)")


@contextmanager
def in_one_line() -> Iterator[None]:
    """Raise as UserError what Hydra and OmegaConf raise for settings."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(told(error)) from None
    except RecursionError:
        raise UserError("a setting is nested too deep") from None


def told(error: Exception) -> str:
    """The message of one of Hydra's exceptions.

    It advises to add with `+` whatever it does not know, which is right for an optimizer's argument alone: most often
    the key is misspelt. Where it looked for files helps nobody here.
    """
    text = one_line(error).partition(" Config search path:")[0]
    if found := NO_SUCH_KEY.match(text):
        key, added = found.groups()
        return (
            f"there is no setting {key} (`--cfg job` prints all); {added} adds one where code takes it as an argument"
        )
    if text.startswith("missing EQUAL"):
        return "settings are given as KEY=VALUE"
    return text
