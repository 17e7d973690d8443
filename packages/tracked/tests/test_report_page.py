"""What a sweep's page says: of jobs that have finished, and of those that have not."""

import html
import math
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from tracked import Goal
from tracked.sweeps import chance, comparison, repeats, report_page
from tracked.sweeps.job import Job
from tracked.sweeps.report import SweepReport

LOSS = Goal("val_loss", "min")


@pytest.fixture(autouse=True)
def _project(monkeypatch):
    project = SimpleNamespace(goals=[LOSS], models={}, goal=lambda name: None)
    monkeypatch.setattr(comparison, "project", lambda: project)
    monkeypatch.setattr(chance, "project", lambda: project)


def job(title, loss=None, state="done", run_id="", why="", elsewhere=False, **values):
    values = values or dict([title.split("=")])
    made = Job(values, values, {}, title, f"tracked run fit {title}", state=state, why=why, elsewhere=elsewhere)
    made.run_id, made.seconds = run_id or title, 1.25
    if loss is not None:
        made.objective, made.metrics = loss, {"val_loss": loss}
    return made


def report(*jobs, **more):
    finished = [one for one in jobs if one.has_finished]
    best = comparison.best(finished) if finished else []
    said = {
        "title": "rate, fit",
        "command": "tracked run fit -m rate=1,2",
        "goal": LOSS,
        "jobs": [*jobs],
        "total": len(jobs),
        "best": best,
        "best_commands": {"The best": "tracked run fit rate=1"} if best else {},
        "repeated": repeats.of(finished, LOSS) if finished else None,
        "settings": {"epochs": 2},
        "pictures": [],
        "run_id": "5eeb",
        "experiment": "1",
        "server": None,
    }
    return SweepReport(**{**said, **more})


@pytest.fixture
def page(tmp_path):
    def written(made):
        report_page.write(tmp_path / "page.html", made)
        text = (tmp_path / "page.html").read_text()
        Balanced().feed(text)
        return text

    return written


class Balanced(HTMLParser):
    """Every element ends where it should."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "img"):
            self.open.append(tag)
        if tag == "img":
            assert dict(attrs)["alt"]
        assert not any(value.startswith(("http", "//")) for name, value in attrs if name == "src")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_escapes_what_users_wrote(page, tmp_path, monkeypatch):
    monkeypatch.setenv("DB_PASSWORD", "hunter2hunter2")
    (tmp_path / "picture.png").write_bytes(b"pixels")
    text = page(
        report(
            job("kind=<b>", 0.1),
            job("kind=<i>hunter2hunter2", state="failed", why="<script>hunter2hunter2</script>"),
            title="<title>",
            pictures=[tmp_path / "picture.png"],
            settings={"note": "<u>hunter2hunter2"},
            command="<s>hunter2hunter2",
            server="http://localhost:5000",
        )
    )
    assert 'src="data:image/png;base64,cGl4ZWxz"' in text
    assert "The best val_loss is 0.1000, with kind=&lt;b&gt;." in text
    assert not [tag for tag in ("<b>", "<i>", "<script>", "<u>", "<s>", "hunter2") if tag in text]


def test_the_best_stands_first_with_its_command_and_stands_out(page):
    text = page(report(job("rate=1", 0.1), job("rate=2", 0.2)))
    assert "2 jobs. The best val_loss is 0.1000, with rate=1." in text
    assert "<pre>tracked run fit rate=1</pre>" in text
    assert text.count('<tr class="best">') == 1
    assert "interrupted" not in text


def test_settings_with_seeds_have_a_row_each_and_what_differs_beyond_chance(page):
    jobs = [
        job(f"rate={rate}, seed={seed}", rate + seed / 100, rate=str(rate), seed=str(seed))
        for rate in (1, 2)
        for seed in range(3)
    ]
    made = report(*jobs[:-1], job("rate=2, seed=2", 2.021, rate="2", seed="2"))
    text = page(made)
    assert "The best val_loss, the mean of 3 seeds, is 1.0100, with rate=1." in text
    assert "<li>rate=1 beats beyond chance: rate=2 (p &lt; 0.001)</li>" in text
    assert text.count('<tr class="best">') == 1 + 3
    assert "- `rate=1 beats beyond chance: rate=2 (p < 0.001)`" in made.markdown()


def test_what_failed_ended_early_and_diverged_is_said_with_its_reason(page):
    early = job("rate=3")
    early.end_early(7)
    made = report(
        job("rate=1", 0.1),
        job("rate=2", math.inf, "diverged"),
        early,
        job("rate=4", state="failed", why="settings: rate: 4 is not allowed"),
    )
    text = page(made)
    assert "4 jobs, 1 failed, 1 diverged, 1 ended early." in text
    assert '<td class="text">settings: rate: 4 is not allowed</td>' in text
    assert "<code>tracked run fit rate=4</code>" in text
    assert "ended early at step 7" in text
    assert ">diverged</td>" in text
    assert "Failed: [`rate=4`](#/experiments/1/runs/rate=4)" in made.markdown()


def test_without_any_result_the_failures_are_there(page):
    text = page(report(job("rate=4", state="failed", why="no"), job("rate=5", state="failed", why="no, too")))
    assert "2 jobs, 2 failed. No job has finished." in text
    assert "no, too" in text
    assert "<h2>Jobs</h2>" not in text


@pytest.mark.parametrize(
    ("total", "told"),
    [(2, "1 of 2; the same command runs the other 1"), (12, "1 of 12; the same command runs the other 11")],
)
def test_an_interrupted_sweep_says_so_at_the_top(page, total, told):
    """A grid knows its jobs, a search those so far."""
    text = page(report(job("rate=1", 0.1), job("rate=2", state="not run"), total=total))
    assert text.index(f"Interrupted: {told}.") < text.index("The best val_loss")
    assert "<li>rate=2</li>" in text


def test_runs_are_linked_where_there_is_a_server_and_those_of_other_sweeps_told(page):
    jobs = [job("rate=1", 0.1, run_id="a1", elsewhere=True), job("rate=2", 0.2, run_id="b2")]
    text = page(report(*jobs, server="http://here:5000"))
    assert (
        '<a href="http://here:5000/#/experiments/1/runs/a1" target="_blank" rel="noopener"><code>a1</code></a>' in text
    )
    assert text.count("(of another sweep)") == 1
    assert "1 of 2 finished jobs are runs of other sweeps" in html.unescape(text)
    text = page(report(*jobs))
    assert "<a " not in text
    assert "<code>tracked ui</code>" in text
    assert "<code>#/experiments/1/runs/5eeb</code>" in text
    assert "Of other sweeps: [`rate=1`](#/experiments/1/runs/a1)" in report(*jobs).markdown()


def test_of_jobs_that_have_all_diverged_none_is_the_best(page):
    text = page(report(job("rate=1", math.inf, "diverged"), job("rate=2", math.inf, "diverged")))
    assert "None has a finite val_loss." in text
