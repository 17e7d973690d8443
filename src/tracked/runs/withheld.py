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
# A name that says secret, given a value that is written there: quoted, or in what is no code also bare.
QUOTED = re.compile(
    rf"(?:{WORDS}|pwd)[\w-]{{0,40}}[\"'\])]{{0,3}}(?:\s?:\s?[\w\[\]|. ]{{1,30}})?\s{{0,9}}[:=]=?\s{{0,9}}[a-z]{{0,2}}"
    r"[\"'][^\"'\n]{4,1000}[\"']",
    re.IGNORECASE,
)
BARE = re.compile(
    rf"(?:{WORDS}|pwd)[\w-]{{0,40}}[\"']?\s{{0,9}}[:=]\s{{0,9}}(?:[^\s\"'${{\[(]{{4,200}}\s*$|[^\s\"'${{\[(]{{200}})",
    re.IGNORECASE | re.MULTILINE,
)
CODE = (".py", ".pyi", ".ipynb")


def named_secret(path: str) -> bool:
    """Whether a file, or a folder that it is in, has a name that says secret, in letters large or small."""
    return any(fnmatchcase(part.lower(), name) for part in PurePosixPath(path).parts for name in NAMES)


def holds(path: str, text: str) -> bool:
    """Whether a file's text, or a difference of it, holds a password, or an address with one."""
    return bool(holds_secret(text) or QUOTED.search(text) or (not path.endswith(CODE) and BARE.search(text)))
