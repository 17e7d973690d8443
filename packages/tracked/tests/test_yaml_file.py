"""A file that can't be settings is one line, whatever is in it."""

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st

from tracked.errors import UserError
from tracked.settings import yaml_file
from tracked.settings.loading import load

BAD = {
    "damaged": (b"a: [", "is not readable YAML"),
    "twice": (b"seed: 1\nseed: 2\n", "found duplicate key seed"),
    "latin-1": ("# ä".encode("latin-1"), "is not UTF-8 text"),
    "utf-16": ("seed: 0".encode("utf-16"), "is not UTF-8 text"),
    "byte order mark": ("seed: 0".encode("utf-8-sig"), "byte order mark"),
    "nul": (b"a: \0", "is not readable YAML"),
    "itself": (b"a: &a [*a]", "is not readable YAML"),
    "deep": (b"[" * 5000, "is not readable YAML|must hold"),
    "deep mapping": (b"{a: " * 5000, "is not readable YAML"),
    "list": (b"- 1", "must hold settings as"),
    "number": (b"5", "must hold settings as"),
    "two documents": (b"a: 1\n---\nb: 1\n", "is not readable YAML"),
    "key that is a list": (b"? [a]\n: 1\n", "is not readable YAML"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_line_that_names_it(tmp_path, name):
    content, told = BAD[name]
    (tmp_path / "settings.yaml").write_bytes(content)
    with pytest.raises(UserError, match=told) as error:
        load(tmp_path / "settings.yaml")
    assert str(error.value).startswith(f"{tmp_path}/settings.yaml")
    assert "\n" not in str(error.value)


@few(max_examples=100, deadline=None, database=None)
@given(st.binary(max_size=60) | st.text("{}[]:,-&*!?|>'\"%@` \n#a1", max_size=60).map(str.encode))
def test_any_file_is_settings_or_one_line(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content)
    try:
        told = "settings" if isinstance(load(file), dict) else ""
    except UserError as error:
        told = str(error)
    assert told
    assert "\n" not in told


def test_every_file_of_a_folder_is_checked(tmp_path):
    (tmp_path / "group").mkdir()
    (tmp_path / "config.yaml").write_text("seed: 0\n")
    yaml_file.check_folder(tmp_path)
    for name in ("._config.yaml", "group/._choice.yml", ".ipynb_checkpoints/x.yaml", "old.egg-info/x.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\0\5\x16\7\xff")
    (tmp_path / ".#config.yaml").symlink_to("ann@host.1234:5678")
    (tmp_path / "gone.yaml").symlink_to("nowhere.yaml")
    (tmp_path / "folder.yaml").mkdir()
    yaml_file.check_folder(tmp_path)
    (tmp_path / "group/choice.yaml").write_text("a: [")
    with pytest.raises(UserError, match=r"group/choice\.yaml is not readable YAML"):
        yaml_file.check_folder(tmp_path)
