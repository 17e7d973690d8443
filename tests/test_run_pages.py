"""What a run's row and page say."""

from digitrack import provenance, run_pages

SETTINGS = {
    "seed": 0,
    "train_keras": {
        "n_hidden": 30,
        "optimizer": {"_target_": "keras.optimizers.SGD", "learning_rate": 0.1, "momentum": 0.9},
        "kernel_initializer": {"_target_": "keras.initializers.GlorotUniform"},
    },
    "train_numpy": {"n_hidden": 30, "learning_rate": 0.05, "kernel_initializer": {"name": "normal", "stddev": 0.1}},
}


def test_a_choice_is_a_parameter_by_its_name_and_its_arguments_are_below_it():
    assert run_pages.flat(run_pages.training(SETTINGS["train_keras"])) == {
        "n_hidden": "30",
        "optimizer": "SGD",
        "optimizer.momentum": "0.9",
        "kernel_initializer": "GlorotUniform",
        "learning_rate": "0.1",
    }
    assert run_pages.flat(SETTINGS["train_numpy"])["kernel_initializer.stddev"] == "0.1"


def test_names_tell_what_sets_a_run_apart():
    assert run_pages.name("train_keras", SETTINGS) == "train_keras 30 SGD 0.1"
    assert run_pages.name("split", SETTINGS) == "split"
    assert run_pages.title(SETTINGS) == "keras 30 SGD 0.1, numpy 30 SGD 0.05"
    assert run_pages.columns(SETTINGS) == {"n_hidden": "30", "optimizer": "SGD", "learning_rate": "0.1, 0.05"}


def test_an_optimizer_without_a_learning_rate_and_one_with_a_schedule_have_names():
    plain = {**SETTINGS, "train_keras": {"n_hidden": 3, "optimizer": {"_target_": "keras.optimizers.Adam"}}}
    assert run_pages.name("train_keras", plain) == "train_keras 3 Adam"
    assert run_pages.columns(plain)["learning_rate"] == "default, 0.05"
    decay = {"_target_": "keras.optimizers.schedules.CosineDecay", "decay_steps": 9}
    scheduled = {"n_hidden": 3, "optimizer": {"_target_": "keras.optimizers.Adam", "learning_rate": decay}}
    assert run_pages.name("train_keras", {"train_keras": scheduled}) == "train_keras 3 Adam CosineDecay"


def test_the_description_gives_the_commands_in_order():
    tags = {"stage": "split", "git_commit": "abc", "command": "dvc repro"}
    clean, dirty = (run_pages.description(tags, uncommitted) for uncommitted in (False, True))
    assert clean.endswith("```\ngit checkout abc\ndvc repro\n```")
    assert "git checkout abc\ngit apply uncommitted.diff\ndvc repro" in dirty


def test_uncommitted_changes_apply_to_a_clean_checkout_and_new_files_are_among_them(clone, tmp_path, monkeypatch):
    monkeypatch.chdir(clone.path)
    provenance.uncommitted.cache_clear()
    assert provenance.uncommitted() == ""
    clone.edit("conf/config.yaml", "seed: 0", "seed: 7")
    (clone.path / "new.txt").write_text("new\n")
    (clone.path / "LICENSE").unlink()
    clone.run("git", "rm", "-q", "CONTRIBUTING.md")
    before = clone.run("git", "status", "--porcelain").stdout
    provenance.uncommitted.cache_clear()
    (tmp_path / "uncommitted.diff").write_text(provenance.uncommitted())
    provenance.uncommitted.cache_clear()
    assert clone.run("git", "status", "--porcelain").stdout == before
    clone.run("git", "stash", "-qu")
    clone.run("git", "apply", str(tmp_path / "uncommitted.diff"))
    assert "seed: 7" in (clone.path / "conf/config.yaml").read_text()
    assert (clone.path / "new.txt").read_text() == "new\n"
    assert not (clone.path / "LICENSE").exists()
    assert not (clone.path / "CONTRIBUTING.md").exists()
