"""Outputs that DVC links to its cache are read through the link, and never written through it."""

import hashlib

import pytest


def cached(tiny):
    files = (tiny.path / ".dvc/cache/files/md5").glob("*/*")
    return {file.relative_to(file.parents[1]): file for file in files if file.is_file() and file.suffix != ".dir"}


@pytest.mark.long
@pytest.mark.parametrize("kind", ["symlink", "hardlink"])
def test_a_run_where_the_outputs_lie_leaves_the_cache_as_it_is(tiny, kind):
    tiny.run("dvc", "init", "-q")
    tiny.run("dvc", "config", "cache.type", kind)
    tiny.run("dvc", "repro")
    model = tiny.path / "models/fast.npz"
    assert model.is_symlink() if kind == "symlink" else model.stat().st_nlink > 1
    tiny.run("dvc", "repro", "-f", "-s", "judge")
    before = {name: file.read_bytes() for name, file in cached(tiny).items()}
    tiny.run("tracked", "run", "fit_fast", "fit_fast.rate=0.05", "hydra.run.dir=.")
    for name, file in cached(tiny).items():
        content = file.read_bytes()
        assert content == before[name]
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == "".join(name.parts)
    assert {run["status"] for run in tiny.runs()} == {"FINISHED"}
    assert tiny.client().search_model_versions("name = 'lines'")
