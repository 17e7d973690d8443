"""The module digitrack.evaluation.draw_page; in a browser the page is in tests/pipeline/test_draw_page.py."""

import json
import re

import numpy as np
import pytest

from digitrack.data.sample_info import SampleInfo
from digitrack.data.scaled import Scaler
from digitrack.evaluation import draw_page
from digitrack.evaluation.draw_page import Fooled
from digitrack.neural_net import NeuralNet

NAMES = ("</script><script>alert(1)</script>", "<!--", "a & b\u2028")


def written(path, shape=(4, 3), names=NAMES, mean=None, networks=None, fooled=None, largest=16.0):
    """The page of two untrained networks for samples of this shape, as text."""
    n = int(np.prod(shape))
    about = SampleInfo(shape, names, None, largest if len(shape) > 1 else None)
    scaler = Scaler(np.zeros(n) if mean is None else mean.ravel(), np.ones(n))
    nets = {name: NeuralNet(n, 5, len(names), seed=seed) for seed, name in enumerate(("keras", "numpy"))}
    fooled = fooled or Fooled(1, [{"index": 7, "true": names[0]}], np.ones((1, *shape)))
    draw_page.write(path, about, scaler, nets if networks is None else networks, fooled)
    return path.read_text()


def held(page):
    """What the page knows."""
    return json.loads(re.search('<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_no_name_ends_the_script_that_holds_it(tmp_path):
    page = written(tmp_path / "draw.html")
    assert page.count("<script") == page.count("</script>") == 2
    assert "<!--" not in page
    assert page.isascii()
    assert held(page)["classes"] == [*NAMES[:2], "a & b\\u2028"]


def test_equal_networks_give_equal_bytes_and_the_page_names_no_address(tmp_path):
    page = written(tmp_path / "draw.html")
    assert written(tmp_path / "again/draw.html") == page
    assert not re.search("https?:|src=|href=|url\\(|@import", page)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"shape": (13,)}, "A sample is a row of 13 numbers: there is nothing to draw."),
        (
            {"networks": {"bayes": None}},
            "There is nothing to draw for: bayes, as this page can only run networks with one hidden layer.",
        ),
        (
            {"networks": {"numpy": NeuralNet(12, 2**19, 3, initializer="zeros")}},
            "The networks' weights take 64 MB, too much for a page to draw on.",
        ),
    ],
)
def test_where_nothing_can_be_drawn_the_page_says_so_in_one_line(tmp_path, given, line):
    page = written(tmp_path / "draw.html", **given)
    assert f"<p>{line}</p>" in page
    assert "<script" not in page
    assert len(page) < 300


def test_a_network_of_another_kind_is_named(tmp_path):
    page = written(tmp_path / "draw.html", networks={"numpy": NeuralNet(12, 5, 3, seed=0), "bayes": None})
    assert [net["name"] for net in held(page)["networks"]] == ["numpy"]
    assert "bayes" in held(page)["note"]
    assert held(page)["fooled"]["title"] == "Test samples that fool both networks"


@pytest.mark.parametrize(
    ("fooled", "title"),
    [
        (Fooled(0, [], np.ones((0, 4, 3))), "No test sample fools both networks"),
        (Fooled(3, [{"index": 7, "true": "a"}], np.ones((1, 4, 3))), "Test samples that fool both networks: 1 of 3"),
    ],
)
def test_how_many_samples_fool_the_networks_is_said(tmp_path, fooled, title):
    assert held(written(tmp_path / "draw.html", fooled=fooled))["fooled"]["title"] == title


@pytest.mark.parametrize("paper", [0.0, 16.0])
def test_a_drawing_goes_where_samples_have_ink_on_paper_of_their_shade(tmp_path, paper):
    mean = np.full((20, 12), paper)
    mean[3:11, 4:10] = 9
    page = held(written(tmp_path / "draw.html", shape=(20, 12), mean=mean))
    assert page["paper"] == paper
    assert page["box"] == {"side": 8, "centre": [7, 7]}


@pytest.mark.parametrize(("shape", "largest"), [((1, 1), 16.0), ((5, 2, 3), 255.0), ((3, 3), 0.0)])
def test_samples_without_ink_leave_the_whole_square_to_a_drawing(tmp_path, shape, largest):
    box = held(written(tmp_path / "draw.html", shape=shape, largest=largest))["box"]
    assert box == {"side": max(shape[:2]), "centre": [shape[1] / 2, shape[0] / 2]}


@pytest.mark.parametrize(("names", "title"), [("0123456789", "Draw a digit"), (("cat", "dog"), "Draw a sample")])
def test_the_title_calls_digits_digits(tmp_path, names, title):
    assert held(written(tmp_path / "draw.html", names=tuple(names)))["title"] == title
