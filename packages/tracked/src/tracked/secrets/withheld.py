"""Which files are taken to hold secrets: by their names, and by what stands in them."""

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from tracked.secrets.masking import WORDS, holds_secret

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

# Names that say secret; the short ones are words of their own, and large where small ones would be in any text.
LARGE = r"(?-i:\b(?:[A-Z0-9]{1,40}_){0,4}(?:SSHPASS|PASS|PW|AUTH|JWT|COOKIE)\b)"
NAME = rf"(?:(?:{WORDS}|pwd|[_-]pass)[\w-]{{0,40}}|\b(?:pw|jwt)\b|{LARGE})"
# A notebook is JSON, and has \" for a quote.
STRING = r"[a-z]{0,2}\\{0,2}(?:\"\"|'')?(?:\"(?!\$\{)[^\"\n]{4,1000}\"|'(?!\$\{)[^'\n]{4,1000}')"
VALUE = r"(?![\"'\[({]|\$[({]|\$\w+\s*$)\S"  # the beginning of one that is no string, call, list or variable
END = r"\s*(?:\s#.*)?$"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.MULTILINE)


# Before a line of a difference stands a + or a space.
ASSIGNED = _pattern(rf"{NAME}[\\\"'\])]{{0,4}}(?:\s?:\s?[\w\[\]|. ]{{1,30}})?\s{{0,9}}[:=]=?[\s+(\[]{{0,20}}{STRING}")
QUOTED = rf"\\?[\"']\w{{0,40}}{NAME}\\?[\"']"
DEFAULT = _pattern(  # what it is set to, or where it is not set
    rf"\b(?:get|set|put)(?:env|attr|default)?\((?:[\w.]{{1,40}},\s)?{QUOTED},\s{{0,9}}{STRING}"
    rf"|{NAME}[\"'\])]{{0,4}}\s?=\s[^\n]{{0,100}}\bor\s{STRING}"
    rf"|--[\w-]{{0,40}}{NAME}[\"'],[^\n]{{0,100}}\bdefault={STRING}"
)
CALL = _pattern(
    rf"(?:set|with|use)_?{NAME}\([^()\n]{{0,80}}{STRING}"
    rf"|auth\s?[=(]\s?\(?(?:[\w.]{{1,60}}|[\"'][^\"'\n]{{1,60}}[\"']),\s?{STRING}"
)
OPTION = _pattern(  # of a command, as one text or in a list
    rf"--[\w-]{{0,40}}{NAME}(?:[ =][\"']?|[\"'],\s[\"'])(?![-$<{{\[(\\|])[^\s\"'`]{{4}}"
    r"|\bsshpass(?:\s|[\"'],\s[\"'])-p(?:\s?[\"']?|[\"'],\s[\"'])(?!\$)[^\s\"',]{4}"
    r"|\b(?:mysql|mariadb)[\w-]{0,20}\b[^\n;|]{0,100}\s[\"']?(?-i:-p)[\"']?(?!\$)[^\s\"',]{4}"
    r"|\s[\"']?(?:-u|--user[ =]|--user(?=[\"']))(?:\s?[\"']?|[\"'],\s[\"'])[\w.@-]{1,40}:(?![$\d])[^\s\"']{4}"
    rf"|[\"'](?:env\s)?[A-Z0-9_]{{0,40}}{NAME}=(?![$%{{])[^\s\"']{{4,100}}\s\w"  # before a command, in code
)
MARKUP = _pattern(rf"<{NAME}>(?!\$)[^\s<]{{4}}|\bENV[ \t]\w{{0,40}}{NAME}[ \t](?!\$)[^\s\"'=]{{4}}")
BARE = _pattern(
    rf"{NAME}[\"']?\s{{0,9}}[:=]\s{{0,9}}{VALUE}(?:\S{{3,200}}{END}|\S{{200}})"
    rf"|(?:^[+ ]?|[ \t])\w{{0,40}}{NAME}={VALUE}\S{{3}}"
)  # before a command
PHRASE = _pattern(rf"^[+ ]?[\w. -]{{0,40}}{NAME}[\"']?\s{{0,9}}[:=][ \t]{{0,9}}{VALUE}[^\n]{{3}}")
BELOW = _pattern(
    rf"{NAME}[\"']?:[ \t]{{0,9}}(?:[|>][+-]?)?[ \t]{{0,9}}\n[+ ]?[ \t]{{1,99}}(?![\w. -]{{1,99}}[:=]){VALUE}\S{{3}}"
)
LISTED = _pattern(
    rf"{NAME}[\"']?[ \t]{{0,9}}[:=][ \t]{{0,9}}\[[ \t]{{0,9}}(?![\"']?[$\]])[^\s,\]]{{4}}"
    rf"|{NAME}[\"']?:[ \t]{{0,9}}\n[+ ]?[ \t]{{0,99}}-[ \t]{{1,9}}(?!\$|[\w.-]{{1,99}}:[ \n])\S{{4}}"
)


def named_secret(path: str) -> bool:
    """Whether a file, or a folder that it is in, has a name that says secret, in letters large or small."""
    return any(fnmatchcase(part.lower(), name) for part in PurePosixPath(path).parts for name in NAMES)


def holds(path: str, text: str) -> bool:
    """Whether a file's text, or a difference of it, holds a password, or an address with one."""
    patterns = [ASSIGNED, DEFAULT, CALL, OPTION, MARKUP]
    patterns += [] if path.endswith(CODE) else [BARE]
    patterns += [PHRASE, BELOW, LISTED] if path.endswith(SETTINGS) else []
    return holds_secret(text) or any(pattern.search(text) for pattern in patterns)
