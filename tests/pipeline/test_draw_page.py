"""reports/evaluate/draw.html in a real browser: it computes as the networks do, from a mouse's or a finger's lines."""

import numpy as np
import pytest

from digitrack.data.sample_info import SampleInfo, read_sample_info
from digitrack.data.samples import read_samples
from digitrack.data.scaled import Scaler
from digitrack.evaluation import draw_page
from digitrack.evaluation.draw_page import Fooled
from digitrack.neural_net import NeuralNet

pytestmark = pytest.mark.long
NETWORKS = ("keras", "numpy")
ANSWERS = "rows => networks.map(net => rows.map(row => [...forward(net, row).y]))"
SEEN = "[...document.querySelector('#seen').getContext('2d').getImageData(0, 0, width, height).data]"


@pytest.fixture(scope="module")
def chromium(browser):
    with browser.browser() as opened:
        yield opened


@pytest.fixture
def opened(chromium):
    """Opens a file; in the end, nothing must have gone wrong in it, nor have been asked of a network."""
    faults, contexts = [], []

    def open_file(file, width=1280):
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}, has_touch=True))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.on("request", lambda asked: faults.append(asked.url) if asked.url != file.as_uri() else None)
        page.goto(file.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def made(tmp_path):
    """Writes a page of untrained networks: its file, its networks and the sample on it."""

    def write(shape=(8, 8), names=("a", "b", "c"), mean=0.0):
        rng, n = np.random.default_rng(0), int(np.prod(shape))
        scaler = Scaler(np.full(n, mean), rng.uniform(1, 4, n))
        nets = {
            name: NeuralNet(n, 6, len(names), initializer="normal", stddev=0.3, seed=rng, dtype=dtype)
            for name, dtype in zip(NETWORKS, (np.float32, np.float64), strict=True)
        }
        sample = rng.integers(0, 17, (1, *shape))
        rows = [{"index": 7, "true": names[0]}]
        draw_page.write(
            tmp_path / "draw.html", SampleInfo(shape, names, None, 16.0), scaler, nets, Fooled(1, rows, sample)
        )
        return tmp_path / "draw.html", [
            net.forward((sample.reshape(-1) - scaler.mean) / scaler.scale) for net in nets.values()
        ]

    return write


def drag(page, *points, times=1.0):
    """Draw a line through points of the paper, which reaches from 0 to `times`."""
    area = page.locator("#paper").bounding_box()
    for i, (x, y) in enumerate(points):
        page.mouse.move(area["x"] + area["width"] * x * times, area["y"] + area["height"] * y * times, steps=5)
        if i == 0:
            page.mouse.down()
    page.mouse.up()
    settled(page)


def settled(page):
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_numbers_are_the_networks_own(reproduced, opened, width):
    folder = reproduced.path
    test, names = read_samples(folder / "data", "test"), read_sample_info(folder / "data/about.json").class_names
    page = opened(folder / "reports/evaluate/draw.html", width)
    found = page.evaluate(ANSWERS, test.raw.reshape(len(test.raw), -1).tolist())
    for network, answers in zip(NETWORKS, found, strict=True):
        expected = NeuralNet.load(folder / f"models/{network}.npz").forward(test.x[:])
        np.testing.assert_allclose(answers, expected, atol=1e-6, rtol=0)
    assert page.locator("h1").inner_text() == "Draw a digit"
    assert page.evaluate("document.documentElement.scrollWidth") == width

    missed = {
        line.split(",")[0]: line.split(",")[1]
        for line in (folder / "reports/evaluate/wrong_by_all.csv").read_text().split()[1:]
    }
    (index, name), *_ = missed.items()
    page.locator("#samples button").first.click()
    place = int(np.flatnonzero(test.ids == int(index))[0])
    told = [
        f"{network} answers {names[int(np.argmax(answers[place]))]}"
        for network, answers in zip(NETWORKS, found, strict=True)
    ]
    assert page.locator("#told").inner_text() == f"Sample {index} is {name}: {', '.join(told)}"
    shown = page.locator("td span").all_inner_texts()
    assert shown == [f"{100 * answers[place][k]:.1f} %" for k in range(10) for answers in found]
    assert page.locator("#samples button").count() == min(len(missed), 20)


@pytest.mark.parametrize("shape", [(5, 7), (28, 28), (6, 4, 3), (1, 1)])
@pytest.mark.parametrize("mean", [0.0, 15.0])
def test_images_of_any_size_and_in_colour(made, opened, shape, mean):
    file, expected = made(shape, mean=mean)
    page = opened(file)
    blank = page.evaluate(SEEN)
    page.locator("#samples button").click()
    sample = page.evaluate("numbers(data.fooled.samples[0].pixels)")
    found = page.evaluate(ANSWERS, [sample])
    np.testing.assert_allclose([answers for (answers,) in found], expected, atol=1e-6, rtol=0)
    drag(page, (0.4, 0.2), (0.6, 0.8))
    drawn = page.evaluate(SEEN)
    shade = {0.0: 255, 15.0: 255} if len(shape) == 2 else {0.0: 0, 15.0: 255}
    assert set(blank[:3]) == {shade[mean]}  # ink is dark where samples are grey; in colour, as it is in these
    assert 255 - shade[mean] in drawn
    page.locator("#clear").click()
    assert page.evaluate(SEEN) == blank


def test_a_drawing_is_seen_wherever_it_is_and_however_large(made, opened):
    page = opened(made()[0])
    blank = page.evaluate(SEEN)
    lines = ((0.3, 0.1), (0.7, 0.1), (0.4, 0.9))
    drag(page, *lines)
    large = page.evaluate(SEEN)
    page.locator("#clear").click()
    drag(page, *lines, times=0.5)
    assert page.evaluate(SEEN) == pytest.approx(large, abs=30)  # of 255: the mouse goes by whole pixels
    assert large != blank
    assert min(large[::4]) == 0
    assert not page.locator("#told").inner_text().startswith("Blank paper")


def test_a_finger_draws_and_does_not_scroll(made, opened):
    page = opened(made()[0], 390)
    area, send = page.locator("#paper").bounding_box(), page.context.new_cdp_session(page).send
    for kind, places in (
        ("touchStart", [(0.5, 0.2)]),
        ("touchMove", [(0.5, 0.5)]),
        ("touchMove", [(0.5, 0.9)]),
        ("touchEnd", []),
    ):
        points = [{"x": area["x"] + area["width"] * x, "y": area["y"] + area["height"] * y} for x, y in places]
        send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    settled(page)
    seen = np.array(page.evaluate(SEEN)).reshape(8, 8, 4)[..., 0]
    assert seen[:, 3:5].max() < 200  # an upright line
    assert (seen[:, :2] == 255).all()
    assert page.evaluate("scrollY") == 0


def test_names_are_text(made, opened):
    names = ("</script><script>alert(1)</script>", "<!--", "<img src=x onerror=alert(2)>")
    page = opened(made(names=names)[0])
    assert page.locator("tbody th").all_inner_texts() == list(names)
    assert page.locator("#samples button").inner_text().strip() == names[0]
    page.locator("#samples button").click()
    assert page.locator("#told").inner_text().startswith(f"Sample 7 is {names[0]}: keras answers ")
    assert page.locator("img").count() == 0


def test_the_units_shown_are_those_that_say_most(made, opened):
    page = opened(made()[0])
    says = """() => networks.map(net => {
        const {h, y} = forward(net, mean.map(() => 0)), answer = y.indexOf(Math.max(...y))
        return Array.from(h, (active, j) => {
            const to = [0, 1, 2].map(k => active * net.W_o[3 * j + k])
            return to[answer] - (to[0] + to[1] + to[2]) / 3
        })
    })"""
    expected = []
    for units in page.evaluate(says):
        expected += [f"+{value:.2f}" for value in sorted(units, reverse=True) if value > 0][:5]
        expected += [f"\u2212{-value:.2f}" for value in sorted(units) if value < 0][:5]
    assert page.locator("figcaption").all_inner_texts() == expected


def test_in_a_frame_as_mlflow_puts_it(made, opened, tmp_path):
    file, _ = made()
    outer = tmp_path / "outer.html"
    outer.write_text("<!doctype html><body></body>")
    page = opened(outer, 390)
    page.evaluate(
        """text => {
            const frame = document.body.appendChild(document.createElement("iframe"))
            frame.sandbox = "allow-scripts"
            frame.width = 360, frame.height = 800
            frame.srcdoc = text
        }""",
        file.read_text(),
    )
    frame = page.frame_locator("iframe")
    frame.locator("#samples button").click()
    assert frame.locator("#told").inner_text().startswith("Sample 7 is a: keras answers ")
