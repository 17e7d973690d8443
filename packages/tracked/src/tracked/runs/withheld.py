"""Which files are taken to hold secrets: by their names, and by what stands in them."""

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from tracked.masking import WORDS, holds_secret

NAMES = (
    *(".env*", "*.env", ".envrc", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk"),
    *("id_*", "*.ovpn", "*.tfvars", "*.gpg", "*.asc", ".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", ".htpasswd"),
    *("*credential*", "*secret*", "*password*", "*passwd*", "*passphrase*", "*api?key*", "*apikey*", "*access?key*"),
    *(
        "*private?key*",
        "*token",
        "*tokens",
        "*token.*",
        "*tokens.*",
        "*service?account*",
        "kubeconfig*",
        "config.local",
    ),
    *(".aws", ".ssh", ".gnupg", ".docker", ".kube", ".streamlit"),
)
CODE = (".py", ".pyi", ".ipynb")
SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".properties")  # where a bare value can be several words

NAME = rf"(?:{WORDS}|pwd|[_-]pass)[\w-]{{0,40}}"  # that says secret
STRING = r"[a-z]{0,2}\\{0,2}(?:\"[^\"\n]{4,1000}\"|'[^'\n]{4,1000}')"  # a notebook is JSON, and has \" for a quote
VALUE = r"(?![\"'\[({]|\$\{|\$\w+\s*$)\S"  # the beginning of one that is no string, call, list or variable
END = r"\s*(?:\s#.*)?$"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.MULTILINE)


# Before a line of a difference stands a + or a space.
ASSIGNED = _pattern(rf"{NAME}[\\\"'\])]{{0,4}}(?:\s?:\s?[\w\[\]|. ]{{1,30}})?\s{{0,9}}[:=]=?[\s+(]{{0,20}}{STRING}")
DEFAULT = _pattern(rf"\bget(?:env)?\(\\?[\"']\w{{0,40}}{NAME}\\?[\"'],\s{{0,9}}{STRING}")  # where it is not set
BARE = _pattern(rf"{NAME}[\"']?\s{{0,9}}[:=]\s{{0,9}}{VALUE}(?:\S{{3,200}}{END}|\S{{200}})")
PHRASE = _pattern(rf"^[+ ]?[\w. -]{{0,40}}{NAME}[\"']?\s{{0,9}}[:=][ \t]{{0,9}}{VALUE}[^\n]{{3}}")
BELOW = _pattern(
    rf"{NAME}[\"']?:[ \t]{{0,9}}(?:[|>][+-]?)?[ \t]{{0,9}}\n[+ ]?[ \t]{{1,99}}(?![\w. -]{{1,99}}[:=]){VALUE}\S{{3}}"
)


def named_secret(path: str) -> bool:
    """Whether a file, or a folder that it is in, has a name that says secret, in letters large or small."""
    return any(fnmatchcase(part.lower(), name) for part in PurePosixPath(path).parts for name in NAMES)


def holds(path: str, text: str) -> bool:
    """Whether a file's text, or a difference of it, holds a password, or an address with one."""
    patterns = [ASSIGNED, DEFAULT]
    patterns += [] if path.endswith(CODE) else [BARE]
    patterns += [PHRASE, BELOW] if path.endswith(SETTINGS) else []
    return holds_secret(text) or any(pattern.search(text) for pattern in patterns)
