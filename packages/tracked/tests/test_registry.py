"""The registry holds each model once, and the best on validation data as champion."""

import re
import shutil

import pytest
import yaml


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
        for metric in ("val_accuracy", "val_loss", "test_accuracy"):
            assert float(version.tags[metric]) == pytest.approx(fit["metrics"][metric], rel=1e-4)


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
            re.sub(r'registered="lines".*', f'registered="lines", description_registered="{about}",', file.read_text())
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


@pytest.mark.long
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


@pytest.mark.parametrize("what", [("fit_fast",), ("-m", "fit_fast.rate=0.1,0.2")])
def test_to_register_is_refused_where_nothing_would_be(tiny, what):
    (line,) = tiny.run("tracked", "run", *what, "--register", ok=False).stderr.splitlines()
    assert line.startswith("error: --register: ")
    assert not (tiny.path / "mlflow.db").exists()


@pytest.mark.long
def test_two_networks_of_the_same_bytes_are_one_version(tiny):
    tiny.settings(fit_fast={"rate": 0.01, "epochs": 3})
    assert tiny.stages().stderr == ""
    assert len(registry(tiny)[1]) == 1


@pytest.mark.long
def test_sync_registers_what_dvc_brings_of_an_experiment(tiny):
    tiny.run("dvc", "init", "-q")
    tiny.settings(fit_fast={"rate": 0.02, "epochs": 3})
    tiny.run("dvc", "repro")
    tiny.commit()
    champion, before = registry(tiny)
    tiny.run("dvc", "exp", "run", "--temp", "-S", "fit_fast.rate=0.1", "-n", "better")
    assert tiny.run("tracked", "sync").stderr == ""
    assert registry(tiny) == (champion, before)
    tiny.run("dvc", "exp", "apply", "better")
    n = len(tiny.runs())
    told = tiny.run("tracked", "sync").stderr
    again, after = registry(tiny)
    assert told == f"champion: version {champion} -> {again}\n"
    assert len(after) == len(before) + 1
    assert len(tiny.runs()) == n
    tiny.client().delete_model_version("lines", again)
    assert tiny.run("tracked", "sync").stderr == ""


@pytest.mark.long
def test_a_model_that_has_read_other_data_is_another_version_and_only_those_compete(tiny):
    graph = yaml.safe_load((tiny.path / "dvc.yaml").read_text())
    graph["stages"]["make"]["outs"].append("data/names.txt")
    for stage in ("fit_slow", "fit_fast"):
        graph["stages"][stage]["deps"].append("data/names.txt")
    (tiny.path / "dvc.yaml").write_text(yaml.safe_dump(graph))
    (tiny.path / "data").mkdir()

    def ran(names, epochs):
        (tiny.path / "data/names.txt").write_text(names)
        tiny.settings(fit_fast={"rate": 0.1, "epochs": epochs})
        tiny.stages()
        champion, versions = registry(tiny)
        return versions[champion].tags, len(versions)

    (better, two), (worse, four), again = ran("a", 9), ran("b", 3), ran("b", 3)
    assert (two, four) == (2, 4)
    assert float(better["val_accuracy"]) > float(worse["val_accuracy"])
    assert better["data_md5"] != worse["data_md5"]
    assert again == (worse, 4)


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

    client.create_experiment("tiny")  # somebody else's
    tiny_copy.stages("make")
    assert len(tiny_copy.runs()) == n + 2
    client.delete_experiment(experiment.experiment_id)
    assert "experiment 'tiny' is deleted" in tiny_copy.stages("make", ok=False).stderr
