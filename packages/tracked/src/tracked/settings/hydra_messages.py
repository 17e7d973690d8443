"""What Hydra says of a mistake, in one line that a user can act on."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from hydra.errors import HydraException
from omegaconf.errors import OmegaConfBaseException

from tracked.errors import UserError
from tracked.messages import one_line
from tracked.settings import suggestion

NO_SUCH_KEY = re.compile(r"Could not override '([^']+)'\. To append to your config use (\+.*)")
THERE_ALREADY = re.compile(r"Could not append to config\. An item is already at '([^']+)'\. .*?: '(.*?)' Or add")
NOTHING_TO_DELETE = re.compile(r"Could not delete from config\. '([^']+)' does not exist")


@contextmanager
def in_one_line(known: Callable[[], Iterable[str]] = tuple) -> Iterator[None]:
    """Raise as UserError what Hydra and OmegaConf raise for settings; `known` gives the keys that there are."""
    try:
        yield
    except (HydraException, OmegaConfBaseException) as error:
        raise UserError(told(error, known)) from None
    except RecursionError:
        raise UserError("a setting is nested too deep") from None


def told(error: Exception, known: Callable[[], Iterable[str]] = tuple) -> str:
    """The message of one of Hydra's exceptions.

    It advises to add with `+` whatever it does not know, which is right for an optimizer's argument alone: most often
    the key is misspelt. Where it looked for files helps nobody here.
    """
    text = one_line(error).partition(" Config search path:")[0]
    if found := NO_SUCH_KEY.match(text):
        key, added = found.groups()
        if meant := suggestion.meant(key, known()):
            return f"there is no setting {key}: {meant}"
        return (
            f"there is no setting {key} (`--cfg job` prints all); {added} adds one where code takes it as an argument"
        )
    if found := THERE_ALREADY.match(text):
        return f"there is a setting {found[1]} already: leave out the plus, {found[2]}"
    if found := NOTHING_TO_DELETE.match(text):
        return f"there is no setting {found[1]} to leave out: {suggestion.meant(found[1], known())}".rstrip(": ")
    if text.startswith("missing EQUAL"):
        return "settings are given as KEY=VALUE"
    return text
