"""What docs/practical.md says, held against the figures in docs/study/: no training runs here."""

import json
import re

import numpy as np
import pytest

from study.page import TEMPLATES, render, sig
from study.places import FIGURES, PAGE, PICTURES
from study.questions import NAMES, question
from tracked import UserError


@pytest.fixture(scope="module")
def figures():
    return {name: json.loads((FIGURES / f"{name}.json").read_text()) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_bear_out_every_claim(figures, name):
    claims = question(name).claims(figures[name])
    assert claims
    assert [claim for claim, holds in claims.items() if not holds] == []


def test_the_page_is_what_templates_and_figures_make(figures):
    assert PAGE.read_text() == render(figures)


def test_a_claim_that_no_longer_holds_is_not_printed(figures):
    others = dict(figures) | {"q02_one_hot": {**figures["q02_one_hot"], "difference": 0.5}}
    with pytest.raises(UserError, match=r"docs/study/q02_one_hot.json does not bear out .*both losses are the same"):
        render(others)


def test_every_question_has_an_answer():
    titles = re.findall(r"^## (\d+)\. ", PAGE.read_text(), re.M)
    assert titles == [str(n) for n in range(1, 15)]


def test_the_page_shows_every_picture_and_every_picture_is_there():
    shown = set(re.findall(r"\]\(images/practical/(.+?)\)", PAGE.read_text()))
    assert shown == {file.name for file in PICTURES.glob("*.png")}
    assert len(shown) >= 10


def test_no_result_is_typed_into_a_template():
    """A number with two decimals and more is a result, but for settings and constants that formulas name."""
    known = {"0.15", "0.001", "0.003", "0.005", "0.0001", "0.0014", "0.01", "0.05", "0.25", "2.30", "0.95"}
    for file in sorted(TEMPLATES.glob("*.md")):
        prose = re.sub(r"{{.*?}}|{%.*?%}", "", file.read_text(), flags=re.S)
        assert set(re.findall(r"\d+\.\d{2,}", prose)) <= known, file.name


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_small_and_finite(figures, name):
    text = json.dumps(figures[name])
    assert len(text) < 100_000
    assert not {"NaN", "Infinity"} & set(re.findall(r"\w+", text))


def test_numbers_are_written_for_people():
    assert [sig(value) for value in (3, 12345, 0.5, 1.2345e-7, 65.6354)] == ["3", "12 345", "0.5", "1.2e-7", "66"]
    assert sig(np.float64(65.6354), 3) == "65.6"
