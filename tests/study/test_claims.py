"""What docs/practical.md says, held against the figures in docs/study/: no training runs here."""

import doctest
import json
import re

import numpy as np
import pytest
from sklearn.datasets import load_digits

from digitrack.neural_net import NeuralNet
from study.experiments.setting import dataset, training
from study.experiments.sureness import SCALES
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


def section(number):
    """The text of a question on the page."""
    (text,) = re.findall(rf"^## {number}\. .*?(?=^#)", PAGE.read_text(), re.M | re.S)
    return text


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.M | re.S)


def test_every_question_begins_with_its_answer_in_bold():
    for number in range(1, 15):
        assert section(number).split("\n\n")[1].startswith("**"), number


def test_the_contents_lead_to_every_question_and_links_to_what_is_there():
    page = PAGE.read_text()
    titles = re.findall(r"^## (.+)$", page, re.M)
    contents = re.findall(r"^- \[(.+)]\(#(.+?)\)$", page, re.M)
    assert contents == [(title, anchor(title)) for title in titles]
    assert set(re.findall(r"]\(#(.+?)\)", page)) == {anchor(title) for title in titles}


def anchor(title):
    """Where GitHub puts a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def test_figures_are_numbered_in_their_order_and_have_captions():
    page = PAGE.read_text()
    numbers = re.findall(r"^!\[.+?]\(.+?\)\n\n\*\*Figure (\d+)\.\*\* \w", page, re.M)
    assert numbers == [str(n) for n in range(1, 1 + len(list(PICTURES.glob("*.png"))))]
    assert not re.search(r"Figure \{|\{CONTENTS", page)


def test_every_work_named_is_a_reference_with_a_link():
    text, references = PAGE.read_text().split("## References\n")
    named = set(re.findall(r"\[([A-Z][\w, ]+?)(?: et al\.)? (\d{4})]\(#references\)", text))
    entries = re.findall(r"^- (.+?) (\d{4})\. \[.+?]\(https://.+?\)", references, re.M)
    assert named
    for who, year in named:
        assert any(entry.startswith(who) and year == when for entry, when in entries), who
    for who, year in entries:
        assert f"[{who} {year}](#references)" in text or f"[{who.split(',')[0]} et al. {year}](#references)" in text, (
            who
        )


def test_the_code_of_question_1_makes_the_parts_of_this_page(figures):
    names = {}
    exec(blocks(section(1), "python")[0], names)  # noqa: S102  of the page
    data, digits = dataset(0), load_digits()
    for part, x in ((data.train, names["X_train"]), (data.validation, names["X_val"]), (data.test, names["X_test"])):
        as_drawn = np.lexsort(x.T)
        np.testing.assert_allclose(x[as_drawn], part.x[:][np.lexsort(part.x[:].T)], atol=1e-12)
    assert names["y_train"][:4].tolist() == figures["q02_one_hot"]["classes"]
    np.testing.assert_allclose(np.sort(names["X_back"].sum(1)), np.sort(digits.data[data.train.ids].sum(1)), atol=1e-9)


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
def test_the_code_of_question_11_runs_as_it_is_pasted():
    names, options, said = {}, np.get_printoptions(), []
    for code in blocks(section(11), "python"):
        exec(code, names)  # noqa: S102  of the page
    (session,) = blocks(section(11), "pycon")
    test = doctest.DocTestParser().get_doctest(session, names, "question 11", str(PAGE), 0)
    with np.printoptions(**options):
        doctest.DocTestRunner().run(test, out=said.append)
    assert said == []


def test_the_class_of_question_13_learns_the_digits_of_question_1_as_it_is_pasted():
    names = {}
    for number in (1, 11, 13):
        for code in blocks(section(number), "python"):
            exec(code, names)  # noqa: S102  of the page
    (session,) = blocks(section(13), "pycon")
    *examples, last = doctest.DocTestParser().get_examples(session)
    for example in [each for each in examples if not each.want]:
        exec(example.source, names)  # noqa: S102
    shape, one, several = eval(examples[-1].source, names)  # noqa: S307
    assert shape == (5 * 1077,)
    assert np.ndim(one) == 0
    assert several[0] == one
    assert len(several) == 3
    printed, found = eval(last.want), eval(last.source, names)  # noqa: S307
    assert found == pytest.approx(printed, abs=0.02)  # rounding differs between processors


@pytest.mark.long
def test_the_code_of_the_start_runs_after_that_of_question_1():
    names = {}
    (start,) = re.findall(r"^## The start.*?(?=^#)", PAGE.read_text(), re.M | re.S)
    exec(blocks(section(1), "python")[0], names)  # noqa: S102  of the page
    exec(blocks(start, "python")[0].replace("epochs=30", "epochs=1, verbose=0"), names)  # noqa: S102
    W_h, _, W_o, _ = names["model"].get_weights()
    assert not np.allclose(W_h.ravel()[: W_o.size], W_o.ravel(), atol=0.5)


def test_ten_times_the_units_of_the_start_move_z_o_about_eight_times_as_far():
    """By question 4's formula, at the start's weights."""
    x, _ = training(0)
    narrow, wide = (NeuralNet(64, n_hidden, 10, initializer="normal", stddev=1.0, seed=0) for n_hidden in (10, 100))
    moves = [((net.forward_with_hidden(x)[2] ** 2).sum(axis=1) + 1).mean() for net in (narrow, wide)]
    assert moves[1] / moves[0] == pytest.approx(8, abs=0.6)
    assert "move $z_o$ about 8 times as far" in PAGE.read_text()


def test_the_factor_of_question_9_is_the_best_of_nine(figures):
    assert len(SCALES) == 9
    assert SCALES.min() < figures["q09_generalisation"]["sureness"]["scale"] < SCALES.max()
    assert "of nine factors, best" in section(9)


def test_no_result_is_typed_into_a_template():
    """A number with two decimals and more is a result, but for settings and constants that formulas name."""
    known = {"0.15", "0.001", "0.003", "0.005", "0.0001", "0.0014", "0.01", "0.05", "0.25", "2.30", "0.95", "0.99"}
    for file in sorted(TEMPLATES.glob("*.md")):
        prose = re.sub(r"{{.*?}}|{%.*?%}|]\(https:.*?\)", "", file.read_text(), flags=re.S)
        assert set(re.findall(r"\d+\.\d{2,}", prose)) <= known, file.name


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_small_and_finite(figures, name):
    text = json.dumps(figures[name])
    assert len(text) < 100_000
    assert not {"NaN", "Infinity"} & set(re.findall(r"\w+", text))


def test_numbers_are_written_for_people():
    assert [sig(value) for value in (3, 12345, 0.5, 1.2345e-7, 65.6354, 316.09)] == [
        "3", "12 345", "0.5", "1.2e-7", "66", "320",
    ]  # fmt: skip
    assert sig(np.float64(65.6354), 3) == "65.6"
