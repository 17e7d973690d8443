"""The page of all answers side by side: what stands on it, and that it runs nothing that students wrote."""

import base64
import csv
import json
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
EVIL = "</pre><script>alert(1)</script><img src=x onerror=alert(1)> $x < y$ \u202e\x1b[31m"
ALLOWED = {"body", "b", "br", "button", "div", "h1", "h2", "head", "html", "img", "input", "meta", "p", "pre", "script",
           "style", "table", "td", "th", "title", "tr"}  # fmt: skip


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def practical(handed_out, tmp_path):
    return shutil.copytree(handed_out, tmp_path / "practical")


@pytest.fixture
def hand_in(practical):
    """Hands in the blank notebook with some cells in place of the first answers, and a curve with each code cell."""
    blank = json.loads((practical / "students/tp_neural_net.ipynb").read_text())

    def write(name, *answers, outputs=()):
        made, left = json.loads(json.dumps(blank)), list(answers)
        for cell in made["cells"]:
            if "".join(cell["source"]) == "*Your answer:*" and left:
                cell["source"] = left.pop(0)
            if cell["cell_type"] == "code":
                cell["outputs"] = list(outputs)
        folder = practical / "handed_in" / name
        folder.mkdir(parents=True)
        (folder / "tp_neural_net.ipynb").write_text(json.dumps(made))

    return write


def page(practical, *options, ok=True):
    done = subprocess.run(
        [sys.executable, "answers.py", "../handed_in", *options],
        cwd=practical / "teacher", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == ok, done.stderr
    return Page((practical / "teacher/answers.html").read_text()) if ok else done.stderr


def test_answers_stand_side_by_side_below_their_question(practical, hand_in):
    hand_in("ann", "tiny deviations", "a distribution")
    hand_in("bob", "ink at the border")
    text = "\n".join(page(practical).text)
    first, second = text.index("Question 1\n"), text.index("Question 2\n")
    assert first < text.index("tiny deviations") < text.index("ink at the border") < second
    assert second < text.index("a distribution") < text.index("no words", second) < text.index("Question 3\n")


def test_nothing_that_students_wrote_becomes_markup(practical, hand_in):
    html = {"data": {"text/html": EVIL, "image/png": EVIL}, "output_type": "display_data"}
    hand_in("<img src=x onerror=alert(1)>", EVIL, EVIL, outputs=[html])
    hand_in('"onmouseover="alert(1)', "words", outputs=[{"data": {"image/png": [PNG, "\n"]}}, {"data": []}, 3])
    for name, text in {"broken": "{", "deep": "[" * 100_000, "other": '{"cells": [3]}', "none": None}.items():
        (practical / "handed_in" / name).mkdir()
        if text is not None:
            (practical / "handed_in" / name / "a.ipynb").write_text(text)
    found = page(practical)
    assert {tag for tag, _ in found.tags} <= ALLOWED
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert not [key for _, attributes in found.tags for key in attributes if key.startswith("on")]
    pictures = [attributes["src"] for tag, attributes in found.tags if tag == "img"]
    assert set(pictures) == {f"data:image/png;base64,{PNG}"}
    text = "".join(found.text)
    assert "<script>alert(1)</script>" in text
    assert "\u202e" not in text
    assert text.count("the notebook can't be read") == 3 * 12
    (policy,) = [each["content"] for tag, each in found.tags if tag == "meta" and "http-equiv" in each]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_points_of_checks_come_by_themselves_and_the_scheme_can_be_edited(practical, hand_in):
    hand_in("ann", "words")
    (practical / "checks.csv").write_text("name,right,softmax,nll\nann,1,right,wrong: no\n")
    (practical / "teacher/points.csv").write_text(
        "question,what,points,for\n11,softmax,2.5,x\n11,nll,3,x\n14,answer,4,<b>\n"
    )
    found = page(practical, "--checks", "../checks.csv")
    assert [attributes["data-question"] for tag, attributes in found.tags if tag == "input"] == ["14"]
    cells = "|".join(found.text)
    assert "ann|2.5|0|0|of 9.5 points" in cells
    assert "4 answer: <b>" in cells


@pytest.mark.parametrize("line", ["1,answer,many,x", "one,answer,1,x", "1"])
def test_a_line_of_the_scheme_that_is_wrong_is_named(practical, hand_in, line):
    hand_in("ann")
    (practical / "teacher/points.csv").write_text(f"question,what,points,for\n{line}\n")
    assert "points.csv, line 2: a line is question,what,points,for" in page(practical, ok=False)


def test_the_scheme_has_the_checks_and_the_questions_in_words(handed_out, checks):
    rows = [line.split(",")[:2] for line in (handed_out / "teacher/points.csv").read_text().splitlines()[1:]]
    assert {what for _, what in rows} == {*checks.CHECKS, "answer"} - {"learns"}
    assert [int(question) for question, what in rows if what == "answer"] == [*range(1, 11), 12, 14]
    assert all(int(question) == checks.CHECKS[what][0] for question, what in rows if what != "answer")


@pytest.mark.long
def test_the_page_adds_points_keeps_them_and_saves_them(browser, practical, hand_in):
    hand_in("ann", EVIL)
    hand_in("=bob", "words")
    (practical / "checks.csv").write_text("name,right,softmax\nann,1,right\n'=bob,1,right\n")
    page(practical, "--checks", "../checks.csv")
    with browser.browser() as chromium:
        opened = chromium.new_context().new_page()
        faults = []
        opened.on("dialog", lambda dialog: faults.append(dialog.message))
        opened.on("pageerror", lambda error: faults.append(str(error)))
        for _ in range(2):  # the second time they are there
            opened.goto((practical / "teacher/answers.html").as_uri())
            for name, question, points in (("ann", 3, "1.5"), ("ann", 4, "2"), ("=bob", 14, "1")):
                field = opened.locator(f'input[data-name="{name}"][data-question="{question}"]')
                if not field.input_value():
                    field.fill(points)
            rows = [row.split("\t") for row in opened.locator("table").inner_text().splitlines()[1:]]
            assert rows == [["=bob", "2", "1", "3"], ["ann", "2", "3.5", "5.5"]]
        with opened.expect_download() as download:
            opened.locator("button").click()
        head, bob, ann = csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines())
    assert dict(zip(head, ann, strict=True)) | {"question 3": "1.5", "question 4": "2", "points": "5.5"} == dict(
        zip(head, ann, strict=True)
    )
    assert (bob[0], bob[-1]) == ("'=bob", "3")
    assert not faults
