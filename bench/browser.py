"""A real browser, and the project's UI as a user starts it: for measurements, screenshots and tests."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield started
        finally:
            started.close()


def new_page(opened: Browser, width: int = 1500, height: int = 900) -> Page:
    """An empty page of a browser without a history."""
    return opened.new_context(viewport={"width": width, "height": height}).new_page()


@contextmanager
def ui(repository: Path, env: dict[str, str], *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`make ui`'s command in a repository: gives the link that it prints, and its process."""
    process = subprocess.Popen(
        ["tracked", "ui", *options],
        cwd=repository,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield link(process), process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def link(process: subprocess.Popen[str]) -> str:
    """The link among the lines that a process prints."""
    told = ""
    assert process.stdout is not None
    for line in process.stdout:
        told += line
        for word in line.split():
            if word.startswith("http"):
                return word
    raise AssertionError(f"no link in: {told}")
