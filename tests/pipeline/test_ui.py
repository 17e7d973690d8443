"""What a person sees who opens the link that `make ui` prints, in a real browser.

The repository was moved after its runs: the store must still show its images.
"""

import os
import re
import shutil
import signal
import socket
import sqlite3
import time

import psutil
import pytest
from playwright.sync_api import expect

from tracked.store import moved_store

EPOCHS = 2  # of the clones
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("ui")]  # one server for all


@pytest.fixture(scope="module")
def moved(reproduced, tmp_path_factory):
    """The reproduced repository in another folder."""
    folder = tmp_path_factory.mktemp("moved") / "elsewhere"
    shutil.copytree(reproduced.path, folder, symlinks=True)
    return type(reproduced)(folder, fill=False)


@pytest.fixture(scope="module")
def link(moved, browser, model_server):
    with browser.ui(moved.path, moved.env(), "--port", str(model_server.free_port())) as (link, _):
        yield link


def test_a_moved_store_names_no_file_of_its_old_place(link, moved):
    store = sqlite3.connect(moved.path / "mlflow.db")
    for table, column in moved_store.PATH_COLUMNS:
        where = [place for (place,) in store.execute(f"SELECT {column} FROM {table} WHERE {column} LIKE 'file:%'")]  # noqa: S608
        assert where
        assert all(str(moved.path) in place for place in where)


@pytest.fixture(scope="module")
def chromium(browser):
    with browser.browser() as opened:
        yield opened


@pytest.fixture
def page(chromium, browser, link):
    """The page behind the link, its runs there."""
    page = browser.new_page(chromium)
    page.set_default_timeout(30_000)
    page.goto(link)
    page.get_by_text("matching runs").wait_for()
    yield page
    page.context.close()


def unfold(page):
    page.locator(".ag-row", has_text="pipeline").get_by_role("button").first.click()


def open_run(page, name, tab=""):
    """The page of a run, from the list."""
    href = page.locator(".ag-row a", has_text=name).first.get_attribute("href")
    page.goto(page.url.split("/#")[0] + "/" + href.split("?")[0] + tab)


def curves(page):
    """The plots of a page: name of each line and how many points it has."""
    page.locator(".js-plotly-plot .scatterlayer").first.wait_for()
    script = "plots => plots.map(p => p.data.filter(d => d.type == 'scatter').map(d => [d.name, d.x.length]))"
    return [lines for lines in page.locator(".js-plotly-plot").evaluate_all(script) if lines]


def test_the_list_has_the_configuration_its_stages_and_the_columns(page):
    for column in ("n_hidden", "optimizer", "learning_rate", "model", "val_accuracy", "test_accuracy"):
        expect(page.locator(".ag-header-cell", has_text=column).first).to_be_visible()
    parent = page.locator(".ag-center-cols-container .ag-row").first.inner_text().split("\n")
    assert {"100", "Adam, SGD", "0.01, 0.15"} <= set(parent)
    assert sum(bool(re.fullmatch(r"0\.\d+", cell)) for cell in parent) == 2  # its best network's accuracies
    unfold(page)
    for name in ("split", "train_keras", "train_numpy", "evaluate"):
        expect(page.locator(".ag-row a", has_text=name).first).to_be_visible()
    rows = page.locator(".ag-center-cols-container .ag-row")
    assert len({row.bounding_box()["y"] for row in rows.all()}) == rows.count() == 5


def test_the_configuration_shows_the_curves_of_both_networks_side_by_side(page):
    page.set_viewport_size({"width": 1500, "height": 2400})  # charts are drawn when they come into sight
    open_run(page, "pipeline", "/model-metrics")
    for metric in ("train_loss", "val_loss", "train_accuracy", "val_accuracy"):
        left, right = (page.get_by_text(f"({metric}/{net})").first for net in ("keras", "numpy"))
        left.wait_for()
        assert left.bounding_box()["y"] == right.bounding_box()["y"]
        assert left.bounding_box()["x"] < right.bounding_box()["x"]
    assert {points for lines in curves(page) for _, points in lines} == {EPOCHS}


@pytest.mark.parametrize("name", ["train_keras", "train_numpy"])
def test_a_training_draws_a_point_for_every_epoch(page, name):
    unfold(page)
    open_run(page, name, "/model-metrics")
    assert {points for lines in curves(page) for _, points in lines} == {EPOCHS}
    drawn = page.locator(".js-plotly-plot", has=page.locator(".scatterlayer")).first.locator(".scatterlayer .point")
    expect(drawn).to_have_count(EPOCHS)


def test_the_misclassified_digits_are_drawn(page):
    page.set_viewport_size({"width": 1500, "height": 2400})  # charts are drawn when they come into sight
    unfold(page)
    open_run(page, "evaluate", "/model-metrics")
    for key in ("errors/keras", "errors/numpy"):
        page.get_by_text(key, exact=True).first.wait_for()
    image = page.locator("img[src*='errors']").first
    image.wait_for()
    colours = """image => {
        const canvas = document.createElement('canvas')
        canvas.width = image.naturalWidth, canvas.height = image.naturalHeight
        const context = canvas.getContext('2d')
        context.drawImage(image, 0, 0)
        return [...new Set(context.getImageData(0, 0, canvas.width, canvas.height).data)].length
    }"""
    deadline = time.monotonic() + 10
    while image.evaluate("image => image.naturalWidth") == 0:
        assert time.monotonic() < deadline
    assert image.evaluate(colours) > 2


@pytest.mark.parametrize("run", ["pipeline", "evaluate"])
def test_the_page_to_draw_on_works_among_the_artifacts(page, run):
    unfold(page)
    open_run(page, run, "/artifacts/draw.html")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#told")).to_contain_text("Blank paper: keras answers")
    area = frame.locator("#paper").bounding_box()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + 20)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] - 20)
    page.mouse.up()
    expect(frame.locator("#told")).to_contain_text(re.compile("^keras answers [0-9], numpy answers [0-9]$"))
    assert frame.locator("figcaption").count() > 10


def test_the_description_says_how_to_make_it_again(page):
    open_run(page, "pipeline")
    page.get_by_text("Show more").click()
    expect(page.get_by_text("dvc repro").first).to_be_visible()
    expect(page.get_by_text(re.compile("git checkout [0-9a-f]{40}")).first).to_be_visible()


def test_the_registry_has_a_champion(page, link):
    page.goto(link.split("/#")[0] + "/#/models/digits")
    expect(page.get_by_text("Version 2")).to_be_visible()
    expect(page.get_by_text("champion").last).to_be_visible()


def test_two_runs_are_compared_with_their_curves_overlaid(page):
    unfold(page)
    names = [f"train_{network}, epochs={EPOCHS}" for network in ("keras", "numpy")]
    for name in names:
        page.locator(".ag-row", has_text=name).locator(".ag-checkbox-input").check()
    page.get_by_role("button", name="Compare").click()
    for name in names:
        expect(page.get_by_text(name).first).to_be_visible()
    metric = page.get_by_role("link", name="val_loss", exact=True)
    for _ in range(20):  # the page moves as its parts arrive, and a click may miss
        if "/metric" in page.url:
            break
        metric.click()
        page.wait_for_timeout(500)
    (lines,) = curves(page)
    assert {(name, EPOCHS) for name in names} == {tuple(line) for line in lines}


def test_ctrl_c_ends_the_server_with_all_its_processes_and_a_taken_port_is_told(moved, browser):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with browser.ui(moved.path, moved.env(), "--port", str(port)) as (link, process):
            assert f":{port}/" not in link
            started = psutil.Process(process.pid).children(recursive=True)
            assert len(started) >= 2
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(20) == 0
            assert not any(child.is_running() for child in started)


def test_without_runs_it_says_what_to_run(clone):
    done = clone.run("tracked", "ui", ok=False)
    assert "`dvc repro` makes them" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (clone.path / "mlflow.db").exists()
