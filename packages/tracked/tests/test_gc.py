"""`tracked gc` removes nothing from a DVC cache that other projects may use."""

import pytest

LONG = pytest.mark.long


@pytest.mark.parametrize(
    "how",
    [
        "dvc cache dir",
        "cache.shared",
        *(pytest.param(how, marks=LONG) for how in ("a link", "a link in it", "its own")),
    ],
)
def test_a_shared_cache_keeps_what_this_project_does_not_need(tiny, how):
    tiny.run("dvc", "init", "-q")
    shared = tiny.path.parent / "shared"
    shared.mkdir()
    if how == "dvc cache dir":
        tiny.run("dvc", "cache", "dir", str(shared))
    elif how == "a link":
        (tiny.path / ".dvc/cache").symlink_to(shared)
    elif how == "a link in it":
        (tiny.path / ".dvc/cache").mkdir()
        (tiny.path / ".dvc/cache/files").symlink_to(shared)
    elif how == "cache.shared":
        shared = tiny.path / ".dvc/cache"
        tiny.run("dvc", "config", "cache.shared", "group")
    (tiny.path / "others.txt").write_text("another project's only copy")
    tiny.run("dvc", "add", "-q", "others.txt")
    for name in ("others.txt", "others.txt.dvc"):
        (tiny.path / name).unlink()
    tiny.commit()
    cache = tiny.path / ".dvc/cache" if how == "its own" else shared

    def files():
        return [file for file in cache.rglob("*") if file.is_file()]

    assert len(files()) == 1
    done = tiny.run("tracked", "gc", "--yes")
    assert (str(shared) in done.stdout) == (how != "its own")
    assert len(files()) == (how != "its own")
