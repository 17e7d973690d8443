"""Two runs never write to one folder at once."""

import pytest

from tracked.errors import UserError
from tracked.folders import alone_in


def test_a_folder_is_one_processs_at_a_time(tmp_path):
    refused = pytest.raises(UserError, match=r"^hydra\.sweep\.dir=\S+/a: another run writes there; wait for it, or")
    a, b = tmp_path / "a", tmp_path / "b"
    with alone_in(a, "hydra.run.dir"), alone_in(b, "hydra.run.dir"), refused, alone_in(a, "hydra.sweep.dir"):
        raise AssertionError
    with alone_in(tmp_path / "a", "hydra.sweep.dir"):
        pass


@pytest.mark.long
def test_a_run_is_refused_in_the_folder_of_one_that_goes_on(tiny):
    for more in (("hydra.run.dir=out",), ("seed=1,2", "hydra.sweep.dir=out", "-m")):
        with alone_in(tiny.path / "out", "hydra.run.dir"):
            done = tiny.run("tracked", "run", "fit_fast", "fit_fast.epochs=2", *more, ok=False)
        (line,) = done.stderr.splitlines()
        assert line.endswith(f"={tiny.path}/out: another run writes there; wait for it, or name another folder")
        assert not (tiny.path / "out/models").exists()
