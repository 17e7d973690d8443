"""Texts of the project in MLflow, where users may change them: which are still as the project wrote them."""

from collections.abc import Mapping

from tracked.hashes import fingerprint

TAG = "about_fingerprint"  # of the text as it was written


def written(text: str) -> dict[str, str]:
    """The tag that goes with a text."""
    return {TAG: fingerprint({"text": text})}


def outdated(text: str | None, tags: Mapping[str, str], today: str) -> bool:
    """Whether a text, by the tags beside it, is as it was written, but is not what the project says today."""
    return text != today and tags.get(TAG) == fingerprint({"text": text})
