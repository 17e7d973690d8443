"""What `dvc plots show` draws. How it looks is for eyes."""

import json
from pathlib import Path

import pytest
import yaml

from pipeline.networks import NETWORKS

PLOTS = yaml.safe_load((Path(__file__).parents[2] / "dvc.yaml").read_text())["plots"]


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_has_its_curves_one_confusion_and_its_errors(network):
    written = json.dumps(PLOTS)
    assert written.count(f"reports/train_{network}/curves.csv") == 1
    assert written.count(f"reports/evaluate/{network}/confusion.csv") == 1
    assert written.count(f"reports/evaluate/{network}/errors.png") == 1
    assert "reports/evaluate/confusion.png" not in PLOTS  # what the charts show already
    assert "reports/evaluate/curves.png" not in PLOTS


@pytest.mark.long
def test_curves_tell_networks_by_colour_on_a_log_axis_of_loss(reproduced):
    shown = json.loads(reproduced.run("dvc", "plots", "show", "--json").stdout)["data"]
    (curves,) = shown["curves"]
    content = curves["content"]
    assert "<DVC_METRIC" not in json.dumps(content)
    loss, accuracy = content["hconcat"]
    assert loss["encoding"]["y"]["scale"]["type"] == "log"
    assert "type" not in accuracy["encoding"]["y"]["scale"]
    for panel in (loss, accuracy):
        assert panel["encoding"]["color"]["field"] == "network"
    points = content["data"]["values"]
    assert {point["filename"].split("/")[0] for point in points} == {f"train_{network}" for network in NETWORKS}
    fields = {f"{part}_{kind}" for part in ("train", "val") for kind in ("loss", "accuracy")}
    assert {point["field"] for point in points} == fields
