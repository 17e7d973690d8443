"""A damaged file gives the undamaged result, or one line that names it: as DVC starts a stage, and by its own checks.

Every stage that reads files runs in this process, on links to what `dvc repro` has made, but for one damaged file.
"""

import contextlib
import io
import os
import warnings
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path

import numpy as np
import pytest

from digitrack import Refused
from tracked.dvc import declared, inputs
from tracked.errors import UserError
from tracked.messages import one_line
from tracked.outcome import unheard
from tracked.project import _Process, here, project
from tracked.settings.loading import load
from tracked.settings.settings import Settings
from tracked.sweeps import earlier

SOAK = float(os.environ.get("SOAK", "1"))
STAGES = ("train_keras", "train_numpy", "evaluate")
QUICK = ("train_numpy", "evaluate")  # imports no TensorFlow


def flipped(content, rng):
    """One bit is another."""
    at = int(rng.integers(len(content)))
    return content[:at] + bytes([content[at] ^ 1 << int(rng.integers(8))]) + content[at + 1 :]


def flipped_early(content, rng):
    """So is one of the first 200 bytes or the last: there are the headers, which no checksum covers."""
    at = int(rng.integers(200)) * int(rng.choice([-1, 1])) % len(content)
    return content[:at] + bytes([content[at] ^ 1 << int(rng.integers(8))]) + content[at + 1 :]


def cut(content, rng):
    return content[: int(rng.integers(len(content)))]


def zeroed(content, rng):
    """A block on the disk is lost."""
    at = int(rng.integers(len(content)))
    return content[:at] + bytes(len(content[at : at + 512])) + content[at + 512 :]


def doubled(content, rng):
    return content + content


def noise(content, rng):
    return rng.bytes(int(rng.integers(1, 2000)))


BYTES = (flipped, flipped_early, cut, zeroed, noise)


def retyped(array, rng):
    kind = rng.choice(["f2", "f4", ">f8", "i1", "i4", "U8", "c8", "?", "O"])
    with warnings.catch_warnings(action="ignore"):  # of values that the type can't hold
        return array.astype(kind)


def reshaped(array, rng):
    rows = np.atleast_1d(array)
    scalar = np.array(0.0) if array.ndim else np.zeros(2)
    return [array[..., None], array.ravel()[None], rows[:0], rows[:-1], scalar][rng.integers(5)]


def not_finite(array, rng):
    other = array.astype(float).ravel()
    other[rng.integers(other.size)] = rng.choice([np.nan, np.inf, -np.inf])
    return other.reshape(array.shape)


def out_of_range(array, rng):
    other = array.copy()
    other.flat[rng.integers(other.size)] = rng.choice([-1, 2**40])
    return other


ARRAYS = (retyped, reshaped, not_finite, out_of_range)


def rewritten(change, content, rng):
    """A well-formed .npz file in which one array is another."""
    with np.load(io.BytesIO(content)) as file:
        arrays = dict(file)
    name = str(rng.choice(sorted(arrays)))
    out = io.BytesIO()
    np.savez(out, **{**arrays, name: change(arrays[name], rng)})
    return out.getvalue()


def linked(clone, folder, stage):
    """The files that a stage reads and DVC's record of them, as links."""
    for path in [*declared.inputs(stage), "dvc.lock", "params.yaml"]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(clone / path)


def outcome(stage, folder, clone, recorded):
    """What a stage says in `folder`: "" if it gives the undamaged result, else its one line.

    With `recorded`, it starts as DVC starts it.
    """
    with contextlib.chdir(folder):
        try:
            settings = load(Path("params.yaml"))
            if recorded:
                inputs.check(stage, settings)
            project().stage(stage)(Settings(settings, "params.yaml").valid, Path(), unheard)
        except (Refused, UserError) as error:
            assert not any(map(os.path.lexists, declared.outputs([stage]))), "half a result"
            return one_line(error)
    for path in declared.outputs([stage]):
        for file in [*(folder / path).rglob("*"), folder / path]:
            if file.is_file():
                assert file.read_bytes() == (clone / file.relative_to(folder)).read_bytes(), file
    return ""


def tried(rng, clone, folder, stages, damages, recorded):
    """Damage one file of one stage, and see what comes of it; returns whether it was refused."""
    stage = str(rng.choice(stages))
    folder.mkdir()
    linked(clone, folder, stage)
    paths = [path for path in declared.inputs(stage) if recorded or path.endswith((".npz", ".npy"))]
    path = str(rng.choice(paths))
    content = (clone / path).read_bytes()
    damage = damages[rng.integers(len(damages))]
    if isinstance(damage, partial) and not path.endswith(".npz"):
        damage = flipped
    (folder / path).unlink()
    (folder / path).write_bytes(damage(content, rng))
    told = outcome(stage, folder, clone, recorded)
    assert not told or (Path(path).name in told and told.count("\n") == 0), (damage, path, told)
    return bool(told)


def swapped(clone, rng):
    """The bytes of another file that a stage reads, in place of a file's own."""

    def other(content, _):
        paths = sorted({path for stage in STAGES for path in declared.inputs(stage)})
        found = [(clone / path).read_bytes() for path in paths]
        return found[rng.integers(len(found))]

    return other


def walk(seed, n, clone, folder, stages):
    """Damage n files, two thirds of them as DVC starts a stage; returns how many were refused."""
    rng = np.random.default_rng(seed)
    made = [partial(rewritten, change) for change in ARRAYS]
    refused = 0
    for i in range(n):
        if i % 3:
            refused += tried(rng, clone, folder / str(i), stages, [*BYTES, doubled, *made, swapped(clone, rng)], True)
        else:
            refused += tried(rng, clone, folder / str(i), stages, BYTES, False)
    return refused


def test_a_damaged_file_changes_no_result(reproduced, tmp_path):
    assert walk(0, 30, reproduced.path, tmp_path, QUICK) > 15


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 1 + ceil(40 * SOAK)))
def test_a_thousand_damaged_files_change_no_result(reproduced, tmp_path, seed):
    assert walk(seed, 25, reproduced.path, tmp_path, STAGES) > 12


def test_what_dvc_lock_says_of_other_settings_counts_for_nothing(reproduced, tmp_path):
    settings = load(reproduced.path / "params.yaml")
    linked(reproduced.path, tmp_path, "train_numpy")
    (tmp_path / "data/train.npy").unlink()
    (tmp_path / "data/train.npy").symlink_to(reproduced.path / "data/test.npy")
    with contextlib.chdir(tmp_path):
        inputs.check("train_numpy", {**settings, "seed": 1})
        with pytest.raises(UserError, match=r"^data/train\.npy is damaged, or not what split made last: remove it"):
            inputs.check("train_numpy", settings)
        Path("data/train.npy").unlink()
        with pytest.raises(UserError, match=r"^data/train\.npy is missing: `dvc checkout data/train\.npy`"):
            inputs.check("train_numpy", settings)
        Path("dvc.lock").unlink()
        inputs.check("train_numpy", settings)


def test_a_shelf_that_may_be_of_edited_code_is_not_kept(reproduced, tmp_path, monkeypatch):
    monkeypatch.setattr(_Process, "where", replace(here(), root=tmp_path))
    settings = Settings(load(reproduced.path / "params.yaml"))
    with pytest.raises(UserError, match=r"the code was edited while the sweep ran"):
        earlier.shared("train_numpy", settings, ["split"], "as it was when the sweep began")
    assert not earlier.shelf("train_numpy", settings).exists()


@pytest.mark.long
def test_a_damaged_shelf_is_made_anew(reproduced, tmp_path, monkeypatch):
    monkeypatch.setattr(_Process, "where", replace(here(), root=tmp_path))
    settings = Settings(load(reproduced.path / "params.yaml"))
    own = ("train_numpy", settings, ["split"], declared.code(["split"]))
    shelf = earlier.shared(*own)
    made = {file: file.read_bytes() for file in shelf.rglob("*") if file.is_file()}
    assert made[shelf / "data/train.npy"] == (reproduced.path / "data/train.npy").read_bytes()
    rng = np.random.default_rng(0)
    for file, content in made.items():
        file.write_bytes(flipped(content, rng))
        assert earlier.shared(*own) == shelf
        file.unlink()
        assert earlier.shared(*own) == shelf
        assert {file: file.read_bytes() for file in shelf.rglob("*") if file.is_file()} == made
