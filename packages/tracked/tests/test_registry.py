"""The registry holds each model once, and the best on validation data as champion."""

import re
import shutil

import pytest


def registry(tiny):
    client = tiny.client()
    found = client.search_model_versions("name = 'lines'")
    return str(client.get_model_version_by_alias("lines", "champion").version), {
        str(version.version): version for version in found
    }


def test_each_model_is_a_version_with_its_figures_and_the_best_is_champion(tiny_ran):
    champion, versions = registry(tiny_ran)
    assert sorted(version.tags["model"] for version in versions.values()) == ["fast", "slow"]
    assert versions[champion].tags["model"] == "fast"
    fits = {run["tags"]["model"]: run for run in tiny_ran.runs() if "model" in run["tags"]}
    for version in versions.values():
        fit = fits[version.tags["model"]]
        assert (version.run_id, version.description) == (fit["id"], fit["name"])
        for figure in ("val_accuracy", "val_loss", "test_accuracy"):
            assert float(version.tags[figure]) == pytest.approx(fit["metrics"][figure], rel=1e-4)


@pytest.mark.long
def test_the_same_bytes_are_one_version_and_a_worse_model_takes_no_crown(tiny_copy):
    champion, before = registry(tiny_copy)
    tiny_copy.stages("fit_slow", "judge")
    assert registry(tiny_copy)[1].keys() == before.keys()

    tiny_copy.settings(fit_fast={"rate": 0.001, "epochs": 1})
    tiny_copy.stages("fit_fast", "judge")
    again, after = registry(tiny_copy)
    assert len(after) == 3
    assert again == champion


@pytest.mark.long
def test_it_says_what_the_project_says_unless_a_user_says_otherwise(tiny_copy):
    client = tiny_copy.client()

    def shown(about):
        file = tiny_copy.path / "tiny/project.py"
        file.write_text(
            re.sub(r'registered="lines".*', f'registered="lines", about_registered="{about}",', file.read_text())
        )
        tiny_copy.stages("judge")
        return client.get_registered_model("lines").description

    assert [shown("Lines."), shown("Planes.")] == ["Lines.", "Planes."]
    client.update_registered_model("lines", "by hand")
    assert shown("Spheres.") == "by hand"


@pytest.mark.long
def test_of_new_data_there_is_a_new_champion(tiny_copy):
    champion, _ = registry(tiny_copy)
    tiny_copy.settings(seed=1)
    tiny_copy.stages()
    again, versions = registry(tiny_copy)
    assert again != champion
    assert versions[again].tags["data_md5"] != versions[champion].tags["data_md5"]


def test_a_trial_registers_nothing_unless_asked_and_a_move_is_told(tiny):
    (tiny.path / "params.yaml").write_text(
        "seed: 0\nfit_slow: {rate: 0.001, epochs: 1}\nfit_fast: {rate: 0.002, epochs: 1}\n"
    )
    assert "champion: version " in tiny.stages().stdout
    champion, before = registry(tiny)
    better = ("tracked", "run", "fit_fast.rate=0.1", "fit_fast.epochs=9")
    assert "champion" not in tiny.run(*better).stdout
    assert registry(tiny) == (champion, before)
    told = tiny.run(*better, "--register").stdout
    again, after = registry(tiny)
    assert f"champion: version {champion} -> {again}" in told
    assert len(after) > len(before)


@pytest.mark.long
def test_a_model_with_other_code_is_another_version(tiny_copy):
    champion, before = registry(tiny_copy)
    serving = tiny_copy.path / "src/tinylib/serving.py"
    serving.write_text(serving.read_text().replace("a number is below 0", "a negative number"))
    tiny_copy.stages("fit_slow", "fit_fast", "judge")
    again, after = registry(tiny_copy)
    assert len(after) == 2 * len(before)
    assert after[again].tags["model_md5"] == before[champion].tags["model_md5"]
    assert after[again].tags["code_md5"] != before[champion].tags["code_md5"]
    assert int(again) > int(champion)
    tiny_copy.stages("fit_slow", "fit_fast", "judge")
    assert registry(tiny_copy)[1].keys() == after.keys()


@pytest.mark.long
def test_models_whose_files_are_gone_are_named_and_logged_again(tiny_copy):
    champion, before = registry(tiny_copy)
    shutil.rmtree(tiny_copy.path / "mlartifacts")
    done = tiny_copy.stages("judge")
    assert "the files of the logged models are gone (slow, fast): `tracked sync` logs them again" in done.stderr
    tiny_copy.stages("fit_slow", "fit_fast", "judge")
    again, after = registry(tiny_copy)
    assert len(after) == 2 * len(before)
    assert int(again) > int(champion)
    assert (tiny_copy.path / "mlartifacts").is_dir()


@pytest.mark.long
def test_an_experiment_that_was_renamed_is_still_the_projects(tiny_copy):
    client = tiny_copy.client()
    (experiment,) = [each for each in client.search_experiments() if each.name == "tiny"]
    client.rename_experiment(experiment.experiment_id, "Lines of last week")
    n = len(tiny_copy.runs())
    tiny_copy.stages("make")
    assert [each.name for each in client.search_experiments() if each.name != "Default"] == ["Lines of last week"]
    assert len(tiny_copy.runs()) == n + 1
