"""Take the pictures of docs/mlflow.md, and README's of the page to draw on, in a real browser: `make screenshots`, five
minutes.

The runs are made for it, in a clone of HEAD with a store of its own.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "bench"))

import browser  # noqa: E402
from repository import clone, environment, run  # noqa: E402

IMAGES = ROOT / "docs/images"
THREE = [(0.28, 0.2), (0.5, 0.1), (0.68, 0.25), (0.64, 0.4), (0.45, 0.48), (0.66, 0.56), (0.72, 0.75), (0.52, 0.9),
         (0.27, 0.8)]  # fmt: skip
QUIET = (
    "*, ::before, ::after { transition: none !important; animation: none !important } "
    ".ag-cell-focus { border-color: transparent !important }"
)


def make_runs(repository: Path) -> None:
    """What there is to see: a pipeline run, single trainings, a sweep, an experiment (which leaves changes)."""
    run(repository, "dvc", "repro")
    for n in (10, 30):
        run(repository, "python", "-m", "pipeline.train_numpy", f"train_numpy.n_hidden={n}")
    run(repository, "python", "-m", "pipeline.train_numpy", "+sweep=learning_rate")
    run(repository, "dvc", "exp", "run", "-n", "wide", "-S", "train_numpy.n_hidden=200")


def shot(page: Page, name: str, height: int) -> None:
    """A picture of the window, without the cursor's traces."""
    page.add_style_tag(content=QUIET)
    page.set_viewport_size({"width": 1600, "height": height})
    page.mouse.move(1, 1)
    page.wait_for_timeout(2000)
    page.screenshot(path=IMAGES / f"ui_{name}.png")
    print(f"docs/images/ui_{name}.png")


def open_list(page: Page, link: str) -> None:
    page.goto("about:blank")  # else a link to another view of the same page would not be followed
    page.goto(link)
    page.get_by_text("matching runs").wait_for()


def open_run(page: Page, name: str, tab: str = "Overview") -> None:
    page.locator(".ag-row a", has_text=name).first.click()
    page.get_by_role("tab", name=tab, exact=True).click()


def unfold(page: Page) -> None:
    page.locator(".ag-row", has_text="pipeline").get_by_role("button").first.click()
    page.locator(".ag-row a", has_text="evaluate").first.wait_for()


def take(page: Page, link: str) -> None:
    open_list(page, link)
    unfold(page)
    shot(page, "runs", 760)

    open_run(page, "pipeline")
    page.get_by_text("Show more").click()
    shot(page, "run", 960)

    open_list(page, link)
    open_run(page, "pipeline", "Model metrics")
    page.get_by_text("(train_loss/numpy)").first.wait_for()
    shot(page, "curves", 1052)

    open_list(page, link)
    unfold(page)
    open_run(page, "evaluate", "Model metrics")
    page.locator("img[src*='errors']").first.wait_for()
    shot(page, "errors", 995)

    open_list(page, link.replace("=runs", "=best"))
    shot(page, "best", 850)
    for name in ("train_numpy, n_hidden=10", "train_numpy"):
        named = page.locator(".ag-row", has=page.get_by_role("link", name=name, exact=True))
        named.locator(".ag-checkbox-input").check()
    page.get_by_role("button", name="Compare").click()
    page.get_by_role("link", name="val_loss", exact=True).click()
    page.locator(".js-plotly-plot .scatterlayer").first.wait_for()
    shot(page, "compare", 800)

    open_list(page, link)
    open_run(page, "learning_rate, train", "Artifacts")
    page.get_by_text("report.html", exact=True).click()
    page.frame_locator("iframe").locator("img").first.wait_for()
    shot(page, "sweep", 1010)

    page.get_by_role("link", name="Model registry").click()
    page.get_by_role("link", name="digits", exact=True).click()
    page.get_by_text("Version 2").wait_for()
    shot(page, "registry", 1150)


def draw(page: Page, file: Path) -> None:
    """A three on the page to draw on."""
    page.goto(file.as_uri())
    area = page.locator("#paper").bounding_box() or {}
    for i, (x, y) in enumerate(THREE):
        page.mouse.move(area["x"] + area["width"] * x, area["y"] + area["height"] * y, steps=5)
        if i == 0:
            page.mouse.down()
    page.mouse.up()
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / "draw.png")
    print("docs/images/draw.png")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, browser.browser() as opened:
        repository = clone(Path(folder) / "digitrack")
        make_runs(repository)
        draw(browser.new_page(opened, 1280, 925), repository / "reports/evaluate/draw.html")
        with browser.ui(repository, environment(repository)) as (link, _):
            take(browser.new_page(opened, 1600), link)


if __name__ == "__main__":
    main()
