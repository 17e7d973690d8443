"""Errors end a command in one line, never with a password."""

import pytest
import yaml

from tracked.errors import UserError
from tracked.stages.lines import errors_in_one_line, progress


def told(error):
    """What the command ends with."""
    with pytest.raises(SystemExit) as ended, errors_in_one_line("fit"):
        raise error
    return ended.value.code


def test_a_users_mistake_is_one_line():
    assert told(UserError("no\nhttp://ann:pw@host")) == "error: no http://***@host"
    assert told(OSError(28, "No space left")) == "error: [Errno 28] No space left: make room, and start again"


def test_an_error_of_the_code_is_one_line_and_its_traceback_a_file(tmp_path):
    with pytest.raises(SystemExit) as ended, errors_in_one_line("fit", tmp_path):
        raise RuntimeError("no http://ann:pw@host")
    line, _, where = ended.value.code.partition("; traceback: ")
    assert line.startswith("error: RuntimeError: no http://***@host (")
    assert where == str(tmp_path / "error.log")
    lines = (tmp_path / "error.log").read_text().splitlines()
    assert lines[0].startswith("Traceback")
    assert lines[-1] == "RuntimeError: no http://***@host"
    assert any("raise RuntimeError" in line for line in lines)


def test_an_error_under_dvc_says_how_to_get_back_what_the_stage_declares(tmp_path, monkeypatch, working_for):
    stages = {
        "fit": {"outs": ["model", {"found.json": {"cache": False}}]},
        "judge": {"metrics": [{"eval/metrics.json": {"cache": False}}]},
        "compose": {"outs": [{"params.yaml": {"cache": False, "persist": True}}]},
    }
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    working_for(tmp_path)
    for stage, ways in (
        ("fit", " (`dvc checkout` brings the last outputs back, `git checkout found.json` brings back what git has)"),
        ("below/dvc.yaml:judge", " (`git checkout eval/metrics.json` brings back what git has)"),
        ("compose", ""),
    ):
        monkeypatch.setenv("DVC_STAGE", stage)
        assert told(UserError("no")) == f"error: no{ways}"


def test_ctrl_c_is_told_by_the_exit_code():
    assert told(KeyboardInterrupt()) == 130


def test_a_training_is_told_of_a_few_times_and_what_was_kept_of_it_at_the_end(capsys):
    for epoch in range(1, 11):
        progress("fit", epoch, {"loss": 1 / epoch}, 20)
    progress("fit", 11, {"loss": 1 / 8, "best_epoch": 8}, 10)
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "fit: step 4/20  loss 0.2500",
        "fit: step 8/20  loss 0.1250",
        "fit: kept  loss 0.1250  best_epoch 8",
    ]
