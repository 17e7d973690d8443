"""The registry holds each model once, and the best on validation data as champion."""

import re

import pytest


def registry(tiny):
    client = tiny.client()
    found = client.search_model_versions("name = 'lines'")
    return str(client.get_model_version_by_alias("lines", "champion").version), {
        str(version.version): version for version in found
    }


def test_each_model_is_a_version_with_its_figures_and_the_best_is_champion(tiny_ran):
    champion, versions = registry(tiny_ran)
    assert sorted(version.tags["net"] for version in versions.values()) == ["fast", "slow"]
    assert versions[champion].tags["net"] == "fast"
    fits = {run["tags"]["net"]: run for run in tiny_ran.runs() if "net" in run["tags"]}
    for version in versions.values():
        fit = fits[version.tags["net"]]
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
