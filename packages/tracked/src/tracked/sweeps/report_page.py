"""A sweep's report as one HTML file that needs neither a server nor the internet: the pictures are in it."""

import html
from base64 import b64encode
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from tracked.messages import number
from tracked.secrets.masking import masked
from tracked.sweeps import comparison, repeats
from tracked.sweeps.comparison import BOUNDS
from tracked.sweeps.job import Job
from tracked.sweeps.report import SweepReport
from tracked.sweeps.values import names, rounded

MOST = 6  # metrics that a page has room for
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; max-width: 80em; margin: 2em auto; padding: 0 1em }
h1 { line-height: 1.2 } h2 { margin-top: 2em; border-bottom: 1px solid #ccc }
img { max-width: 100% }
pre { background: #f4f4f4; padding: .8em 1em; overflow: auto }
code { font-size: .9em; overflow-wrap: anywhere }
.wide { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .25em .8em; text-align: right; vertical-align: top; border-bottom: 1px solid #ddd }
td:not(.text), td code { white-space: nowrap }
td.text code { white-space: normal }
th { background: #f4f4f4 } th.text, td.text { text-align: left }
tr.best { background: #e8f3e8 }
.note { border-left: .3em solid #b35900; background: #fff4e5; padding: .6em 1em }
"""


def write(file: Path, report: SweepReport) -> None:
    """Write the page."""
    name = _text(report.title)
    parts = [
        f"<h1>{name}</h1>",
        f'<p class="note"><strong>{_sentence(report.interrupted)}</strong></p>' if report.interrupted else "",
        f"<p>{' '.join(_sentence(text) for text in (report.counts, report.verdict, report.reused) if text)}</p>",
        "".join(f"<p>{_text(what)}:</p>{_block(command)}" for what, command in report.best_commands.items()),
        _settings(report),
        *map(_image, report.pictures),
        _jobs(report),
        _failed(report.in_state("failed")),
        _ended_early(report.in_state("ended early")),
        _not_run(report.in_state("not run")),
        f"<h2>The sweep</h2><p>To start it again, or to go on with it:</p>{_block(report.command)}",
        f"<p>{_where(report)}</p>",
        f"<h2>Settings that all jobs share</h2>{_block(yaml.safe_dump(dict(report.settings), sort_keys=False))}",
    ]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{name}</title>'
    body = f"<body><main>{''.join(parts)}</main></body>"
    file.write_text(f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head>{body}</html>\n')


def _settings(report: SweepReport) -> str:
    """A row for each setting that seeds repeat, and what can be told from chance."""
    lines = "".join(f"<li>{_text(line)}</li>" for line in report.chance)
    told = f"<h2>Beyond chance</h2><ul>{lines}</ul>" if lines else ""
    if not (found := report.repeated):
        return told
    head, *rows = repeats.cells(found)
    best = [one is found.best for one in found.settings]
    n_keys = len(found.settings[0].values)
    table = _table(head, ([_text(cell) for cell in row] for row in rows), range(n_keys), best)
    return f"<h2>Settings, each by its seeds</h2>{table}{told}"


def _jobs(report: SweepReport) -> str:
    """A row for each job that has finished."""
    if not (jobs := report.finished):
        return ""
    shown, digits = names(jobs[0].values), comparison.digits(jobs)
    heads = comparison.headings(jobs)
    known = [name for name in heads if not name.endswith(BOUNDS)]
    metrics = known[:MOST]
    lines = [
        [
            *(_text(rounded(job.values[key], digits[key])) for key in shown),
            *("diverged" if job.diverged else _number(job.metrics.get(name)) for name in metrics),
            _took(job),
            _run(report, job),
        ]
        for job in jobs
    ]
    of_best = {job.run_id for job in report.best}
    table = _table(
        [*shown.values(), *(heads[name] for name in metrics), "time", "run"],
        lines,
        range(len(shown)),
        [job.run_id in of_best for job in jobs],
    )
    more = len(known) - len(metrics)
    return f"<h2>Jobs</h2>{table}" + (f"<p>{more} more metrics are in comparison.csv.</p>" if more else "")


def _failed(jobs: Sequence[Job]) -> str:
    rows = [[_text(job.title), _text(job.why), _took(job), f"<code>{_text(job.command)}</code>"] for job in jobs]
    return f"<h2>Failed</h2>{_table(['job', 'why', 'time', 'to run it alone'], rows, (0, 1, 3))}" if jobs else ""


def _ended_early(jobs: Sequence[Job]) -> str:
    rows = [[_text(job.title), _text(job.why), _took(job)] for job in jobs]
    return f"<h2>Ended early</h2>{_table(['job', 'when', 'time'], rows, (0, 1))}" if jobs else ""


def _not_run(jobs: Sequence[Job]) -> str:
    return f"<h2>Not run</h2><ul>{''.join(f'<li>{_text(job.title)}</li>' for job in jobs)}</ul>" if jobs else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], texts: Iterable[int], best: Sequence[bool] = ()) -> str:
    """A table of cells that are HTML; the columns `texts` hold words, the rows that are `best` stand out."""
    left = {i: ' class="text"' for i in texts}
    heads = "".join(f'<th scope="col"{left.get(i, "")}>{_text(cell)}</th>' for i, cell in enumerate(head))
    lines = ""
    for n, row in enumerate(rows):
        stands_out = ' class="best"' if any(best[n : n + 1]) else ""
        cells = "".join(f"<td{left.get(i, '')}>{cell}</td>" for i, cell in enumerate(row))
        lines += f"<tr{stands_out}>{cells}</tr>"
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<div class="wide" tabindex="0">{table}</div>'


def _run(report: SweepReport, job: Job) -> str:
    """A run by its id, linked where there is a server; MLflow's own viewer opens no links."""
    run = f"<code>{_text(job.run_id)}</code>"
    if report.server:
        run = (
            f'<a href="{_text(f"{report.server}/{report.path(job.run_id)}")}" target="_blank" rel="noopener">{run}</a>'
        )
    return run + (" (of another sweep)" if job.elsewhere else "")


def _where(report: SweepReport) -> str:
    path = _text(report.path(report.run_id))
    if report.server:
        link = f"{_text(report.server)}/{path}"
        return f'Its run: <a href="{link}" target="_blank" rel="noopener">{link}</a>.'
    return (
        "The runs are in the repository's own store: <code>tracked ui</code> prints an address, and below it "
        f"the sweep is <code>{path}</code>; a job's page has its own id at the end."
    )


def _took(job: Job) -> str:
    return "-" if job.seconds is None else f"{job.seconds:.1f} s"


def _number(value: float | None) -> str:
    return "-" if value is None else number(value)


def _sentence(text: str) -> str:
    return f"{_text(text[0].upper() + text[1:])}."


def _image(picture: Path) -> str:
    alt = _text(f"{picture.stem} of the jobs")
    return f'<img alt="{alt}" src="data:image/png;base64,{b64encode(picture.read_bytes()).decode()}">'


def _block(text: str) -> str:
    return f"<pre>{_text(text)}</pre>"


def _text(text: str) -> str:
    return html.escape(masked(text))
