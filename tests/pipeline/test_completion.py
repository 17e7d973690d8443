"""Tab in a real bash."""

import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_tab_completes_modules_settings_and_choices(terminal):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    bash = terminal("bash", "--norc", "--noprofile", "-i", cwd=ROOT, env={"PATH": path, "PS1": "ready> "})
    bash.wait_for("ready> ")
    bash.type('eval "$(tracked completion)"\n')
    bash.wait_for("ready> ")
    bash.type("tracked gc\t")
    bash.wait_for("tracked gc ")
    bash.type("\x15tracked run ")
    bash.wait_for("tracked run ")
    bash.type("train_n\t")
    bash.wait_for("train_numpy ")
    bash.type("train_numpy.n_h\t")
    bash.wait_for("n_hidden=")
    bash.type("5 train_numpy.early\t")
    bash.wait_for("_stopping=")
    bash.type("1 -m train_keras/optimizer=adad\t")
    bash.wait_for("optimizer=adadelta ")
    bash.type("\x15tracked run train_keras.optimizer.lea\t")
    bash.wait_for("rning_rate=")
    bash.type("\x15python -m pipeline.train_n\t")
    bash.wait_for("pipeline.train_numpy ")
    bash.type("train_numpy.n_h\t")
    bash.wait_for("n_hidden=")
    bash.type("\x15python -m pipeline.predict docs/images/dig\t")
    bash.wait_for("docs/images/digit.png")
    bash.type("\x15exit\n")
    assert bash.close() == 0
