"""Passwords taken out of what is printed or kept: those of addresses, and those of the environment.

A text is masked before it is shortened: half a password is not known again.
"""

import logging
import os
import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

MASK = "***"
WORDS = (
    r"passw(?:or)?[dt]|kennwort|passphrase|secret|token(?!s|iz)|credential|api[_-]?key|access[_-]?key|private[_-]?key"
)
SHORTEST = 4  # of a value that is taken for a password: shorter ones stand in every text
SURE = 8  # from this length on, a part of a word is masked too: a shorter one may stand there by chance
NO_PASSWORDS = {"true", "false", "none", "null"}

USER = re.compile(r"(?<=://)[^\s/?#'\"<>`]*@")  # of an address, with its password if it has one
ARGUMENT = re.compile(rf"([?&;]\w{{0,40}}(?:{WORDS}|pwd)\w{{0,40}}=)[^\s&;'\"]+", re.IGNORECASE)
VARIABLE = re.compile(
    rf"{WORDS}|_(?:key|pat)$|(?:^|_)(?:pwd|pw|(?:ssh)?pass|auth|jwt|cookie|bearer)$|connection_?string|webhook",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"ur[il]|proxy|dsn|remote", re.IGNORECASE)
KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|PuTTY-User-Key-File|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{36,}"
    r"|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}|\bxox[abeprs]-[\w-]{10,}|\bhooks\.slack\.com/services/[\w/]+"
    r"|\bsk-[\w-]{20,}|\b[sr]k_(?:live|test)_\w{16,}|\bhf_[A-Za-z0-9]{30,}|\bAIza[\w-]{35}|\bdapi[0-9a-f]{32}"
    r"|\bnpm_[A-Za-z0-9]{36}|\bpypi-[\w-]{16,}|\bSG\.[\w-]{16,64}\.[\w-]{16,}|\bAccountKey=[\w+/=]{16,}"
    r"|\beyJ[\w-]{10,2000}\.[\w-]{10,2000}\.[\w-]{5,}|\bBearer [\w.~+/-]{16,}=*|\bBasic [A-Za-z0-9+/]{16,}=*"
)


def masked(text: str) -> str:
    """A text without the secrets in it: users and passwords of addresses, keys by their form, and the environment's."""
    for value in sorted(_of_the_environment(), key=len, reverse=True):
        if len(value) >= SURE:
            text = text.replace(value, MASK)
        elif value in text:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", MASK, text)
    return KEY.sub(MASK, ARGUMENT.sub(rf"\1{MASK}", USER.sub(f"{MASK}@", text)))


def holds_secret(text: str) -> bool:
    """Whether something in a text would be masked."""
    return masked(text) != text


def mask_logs() -> None:
    """Have what libraries log in this process masked, whoever prints it."""
    make = logging.getLogRecordFactory()
    if getattr(make, "masks", False):
        return

    def record(*args, **kwargs) -> logging.LogRecord:
        made = make(*args, **kwargs)
        try:
            made.msg, made.args = masked(made.getMessage()), ()
        except (TypeError, ValueError):  # a message that does not fit its arguments: logging says so itself
            return made
        if made.exc_info:
            made.exc_text = masked(logging.Formatter().formatException(made.exc_info))
        return made

    record.masks = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)


def _of_the_environment() -> Iterator[str]:
    """The values of variables whose names say secret, and the passwords in addresses."""
    for name, value in os.environ.items():
        found = [value, quote(value, safe="")] if VARIABLE.search(name) else []
        if ADDRESS.search(name) or USER.search(value):
            found += [password for address in value.split() for password in _passwords(address)]
        for secret in found:
            if len(secret) >= SHORTEST and secret.lower() not in NO_PASSWORDS and not _is_file(secret):
                yield secret


def _passwords(address: str) -> list[str]:
    """The password in an address as it is written and as it is meant, even one with a / or @ that it must not have."""
    password = address.partition("://")[2].rpartition("@")[0].partition(":")[2]
    return [password, unquote(password), quote(unquote(password), safe="")]


def _is_file(value: str) -> bool:
    """Whether a variable named KEY or TOKEN holds the place of one."""
    return os.path.isabs(value) and os.path.exists(value)
