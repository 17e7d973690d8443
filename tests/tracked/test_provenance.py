"""Where a run comes from: what the user changed, not what the pipeline writes, and no secrets."""

import json

SHOW = """
import json
from tracked.runs import provenance
print(json.dumps([provenance.tags(), provenance.uncommitted()]))
"""


def seen(tiny, **env):
    """The tags of a run made now, and the changes that go with it."""
    return json.loads(tiny.python(SHOW, **env).stdout)


def test_what_the_pipeline_writes_is_no_change(tiny_copy):
    assert (tiny_copy.path / "reports/fit_slow/curves.csv").exists()
    assert "models/" in tiny_copy.run("git", "status", "--porcelain").stdout
    (tiny_copy.path / "dvc.lock").write_text("schema: '2.0'\n")
    tags, diff = seen(tiny_copy)
    assert (tags["git_dirty"], diff) == ("false", "")
    assert tags["git_commit"] == tiny_copy.run("git", "rev-parse", "HEAD").stdout.strip()

    (tiny_copy.path / "models/notes.txt").write_text("by hand\n")  # no output
    tags, diff = seen(tiny_copy)
    assert tags["git_dirty"] == "true"
    assert "+by hand" in diff


def test_passwords_are_not_told(tiny):
    for name in (".env", "sub/.env.local", "sub/server.key", ".netrc"):
        (tiny.path / name).parent.mkdir(exist_ok=True)
        (tiny.path / name).write_text("PASSWORD=1234\n")
    (tiny.path / "new.py").write_text("x = 1\n")
    _, diff = seen(tiny)
    assert "1234" not in diff
    assert "+x = 1" in diff


def test_changes_apply_to_a_clean_checkout_and_the_users_index_stays(tiny, tmp_path):
    settings = tiny.path / "conf/config.yaml"
    settings.write_text(settings.read_text().replace("seed: 0", "seed: 7"))
    (tiny.path / "new.txt").write_text("new\n")
    (tiny.path / "tiny/pages.py").unlink()
    tiny.run("git", "rm", "-q", "tiny/settings.py")
    before = tiny.run("git", "status", "--porcelain").stdout
    script = SHOW.replace("json.dumps([provenance.tags(), provenance.uncommitted()])", "provenance.uncommitted()")
    (tmp_path / "uncommitted.diff").write_text(tiny.python(script).stdout.removesuffix("\n"))
    assert tiny.run("git", "status", "--porcelain").stdout == before

    tiny.run("git", "stash", "-qu")
    tiny.run("git", "apply", str(tmp_path / "uncommitted.diff"))
    assert "seed: 7" in settings.read_text()
    assert (tiny.path / "new.txt").read_text() == "new\n"
    assert not (tiny.path / "tiny/pages.py").exists()
    assert not (tiny.path / "tiny/settings.py").exists()


def test_a_dvc_experiment_is_named(tiny):
    tags, _ = seen(tiny, DVC_EXP_NAME="brave-ant")
    assert tags["dvc_experiment"] == "brave-ant"
