"""DVC and git ignore what `tracked` takes for no file of the user's, here and in projects made of template/."""

from pathlib import Path

import pytest

from tracked import strays

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", [".dvcignore", ".gitignore"])
@pytest.mark.parametrize("place", [".", "template"])
def test_what_editors_and_systems_leave_is_ignored(place, name):
    assert set(strays.lines()) <= set((ROOT / place / name).read_text().splitlines())
