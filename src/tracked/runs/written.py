"""Texts of the project in MLflow, where users may change them: which are still as the project wrote them."""

import hashlib
from collections.abc import Mapping

TAG = "about_md5"  # of the text as it was written


def written(text: str) -> dict[str, str]:
    """The tag that goes with a text."""
    return {TAG: _md5(text)}


def outdated(text: str | None, tags: Mapping[str, str], today: str) -> bool:
    """Whether a text, by the tags beside it, is as it was written, but is not what the project says today."""
    return tags.get(TAG) == _md5(text or "") and (text or "") != today


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
