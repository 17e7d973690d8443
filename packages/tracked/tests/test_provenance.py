"""Where a run comes from: commit, experiment, and whether the user changed something."""

import json
import os

import pytest

SHOW = "import json; from tracked.secrets import provenance; print(json.dumps(provenance.tags()))"


def seen(tiny, **env):
    """The tags of a run made now."""
    return json.loads(tiny.python(SHOW, **env).stdout)


@pytest.mark.long
def test_what_the_pipeline_writes_is_no_change(tiny_copy):
    assert (tiny_copy.path / "reports/fit_slow/curves.csv").exists()
    assert "models/" in tiny_copy.run("git", "status", "--porcelain").stdout
    (tiny_copy.path / "dvc.lock").write_text("schema: '2.0'\n")
    (tiny_copy.path / ".env").write_text("PASSWORD=1234\n")
    tags = seen(tiny_copy)
    assert tags["git_dirty"] == "false"
    assert tags["git_commit"] == tiny_copy.run("git", "rev-parse", "HEAD").stdout.strip()

    (tiny_copy.path / "models/notes.txt").write_text("by hand\n")  # no output
    assert seen(tiny_copy)["git_dirty"] == "true"


@pytest.mark.long
def test_a_dvc_experiment_is_named(tiny):
    assert seen(tiny, DVC_EXP_NAME="brave-ant")["dvc_experiment"] == "brave-ant"


def test_the_address_of_gits_server_is_told_without_its_password(tiny):
    tiny.run("git", "remote", "add", "origin", "https://ann:hunter2@example.org/tiny.git")
    (tiny.path / "show.py").write_text(SHOW)  # MLflow finds git by the file that runs
    tags = json.loads(tiny.run("python", "show.py").stdout)
    assert tags["mlflow.source.git.repoURL"] == "https://example.org/tiny.git"


@pytest.mark.parametrize(
    ("why", "told"),
    [
        ("another user's", "dubious ownership"),
        ("none", "not a git repository"),
        ("no commit", "there is no commit yet"),
        ("damaged", "index file smaller than expected"),
    ],
)
def test_where_git_refuses_the_commit_is_unknown_and_the_run_says_why(tiny, why, told):
    if why in ("none", "no commit"):
        (tiny.path / ".git").rename(tiny.path.parent / "git")
    if why == "no commit":
        tiny.run("git", "init", "-q")
    elif why == "damaged":
        (tiny.path / ".git/index").write_text("broken")
    elif why == "another user's":
        if os.geteuid():
            pytest.skip("only root can give a folder to another user")
        for path in (tiny.path, tiny.path / ".git"):
            os.chown(path, 12345, 12345)
    done = tiny.python(SHOW)
    tags = json.loads(done.stdout)
    assert (tags["git_commit"], tags["git_dirty"]) == ("unknown", "unknown")
    assert told in tags["git_refusal"]
    assert tags["git_refusal"] in done.stderr


def test_no_variable_makes_it_another_repositorys_commit(tiny, tmp_path):
    tiny.run("git", "clone", "-q", str(tiny.path), str(tmp_path / "other"))
    tiny.run("git", "-C", str(tmp_path / "other"), "-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "other",
             "--allow-empty")  # fmt: skip
    before = seen(tiny)
    assert seen(tiny, GIT_DIR=str(tmp_path / "other/.git"), GIT_WORK_TREE=str(tmp_path / "other")) == before
