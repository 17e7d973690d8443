"""Write all answers in words and curves, side by side, into one page; points are given there.

    python ../students/checks.py ../handed_in --csv checks.csv
    python answers.py ../handed_in --checks checks.csv

points.csv is the scheme, to edit: a line for each thing that gives points. `what` is a check, whose points come by
themselves where it holds, or "answer", whose points you give on the page. The page keeps them in the browser, and saves
them as a CSV file. It needs no server and no internet.

What students wrote is shown as text, and runs nothing: the page allows no script and no style but its own.
"""

import argparse
import base64
import csv
import hashlib
import json
import re
import sys
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "students"))
from diagnoses.handed_in import folders, harmless  # noqa: E402

BLANK = HERE.parent / "students/tp_neural_net.ipynb"
QUESTION = re.compile(r"\*\*Question (\d+)\.\*\*")
PNG = b"\x89PNG\r\n\x1a\n"
LONGEST, LARGEST, MOST = 10_000, 2_000_000, 6  # characters of an answer, bytes of a picture, pictures of a question
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError)

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; }
h2 { margin: 2rem 0 0.3rem; border-top: 1px solid; padding-top: 1rem; }
.row { display: flex; gap: 0.8rem; overflow-x: auto; align-items: flex-start; padding-bottom: 0.6rem; }
.answer { flex: 0 0 22rem; border: 1px solid #8888; border-radius: 6px; padding: 0.6rem; unicode-bidi: isolate; }
.answer pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; max-height: 30rem; overflow-y: auto; }
.answer img { max-width: 100%; background: white; }
.none { opacity: 0.55; }
input { width: 4em; }
table { border-collapse: collapse; } td, th { padding: 0.15rem 0.8rem 0.15rem 0; text-align: right; }
td:first-child, th:first-child { text-align: left; }
"""

SCRIPT = """
const inputs = [...document.querySelectorAll("input")], rows = [...document.querySelectorAll("tr[data-name]")];
const key = input => JSON.stringify(["points", input.dataset.name, input.dataset.question]);
function total() {
  for (const row of rows) {
    const own = inputs.filter(input => input.dataset.name === row.dataset.name);
    const given = own.reduce((sum, input) => sum + Number(input.value), 0);
    row.cells[2].textContent = given;
    row.cells[3].textContent = given + Number(row.cells[1].textContent);
  }
}
for (const input of inputs) {
  input.value = localStorage.getItem(key(input)) ?? "";
  input.addEventListener("input", () => { localStorage.setItem(key(input), input.value); total(); });
}
document.querySelector("button").addEventListener("click", () => {
  const cell = text => '"' + (/^[=+@-]/.test(text) ? "'" : "") + text.replaceAll('"', '""') + '"';
  const questions = [...new Set(inputs.map(input => input.dataset.question))];
  const lines = [["name", "checks", ...questions.map(number => "question " + number), "points"].map(cell)];
  for (const row of rows) {
    const own = Object.fromEntries(inputs.filter(input => input.dataset.name === row.dataset.name)
      .map(input => [input.dataset.question, input.value]));
    lines.push([row.dataset.name, row.cells[1].textContent, ...questions.map(number => own[number] ?? ""),
      row.cells[3].textContent].map(cell));
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\\ufeff" + lines.map(line => line.join(",")).join("\\r\\n") + "\\r\\n"]));
  link.download = "points_given.csv";
  link.click();
});
total();
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help='as for checks.py, which takes "handed_in/*", too')
    parser.add_argument("--checks", type=Path, metavar="FILE", help="the table that checks.py --csv wrote")
    parser.add_argument("--points", type=Path, default=HERE / "points.csv", metavar="FILE")
    parser.add_argument("--to", type=Path, default=Path("answers.html"), metavar="FILE")
    options = parser.parse_args()
    try:
        scheme, held = read_scheme(options.points), read_checks(options.checks)
        asked = sources(json.loads(BLANK.read_text(encoding="utf-8")))
        students = folders(options.folders)
        page = written({name: answers(folder, asked) for name, folder in students.items()}, scheme, held)
        options.to.write_text(page, encoding="utf-8")
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    print(f"{len(students)} students in {options.to}: open it in a browser")


def read_scheme(file):
    """The lines of the scheme. Raises ValueError, which names a line that is wrong."""
    scheme = []
    for number, row in enumerate(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()), 2):
        try:
            question, points = int(row["question"]), float(row["points"])
            scheme.append(
                {"question": question, "what": row["what"].strip(), "points": points, "for": row["for"] or ""}
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise ValueError(
                f"{file}, line {number}: a line is question,what,points,for, as in 1,recover,1,the check"
            ) from None
    return scheme


def read_checks(file):
    """What holds, by student's name: {"ann": {"softmax", ...}}."""
    if file is None:
        return {}
    rows = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    if "name" not in (rows.fieldnames or ()):
        raise ValueError(f"{file} is no table of checks.py --csv")
    return {row["name"]: {check for check, cell in row.items() if cell == "right"} for row in rows}


def sources(notebook):
    return {source(cell).strip() for cell in notebook["cells"]}


def source(cell):
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


def answers(folder, asked):
    """What a student added to the notebook, by question: {3: (texts, pictures)}; a text where it can't be read."""
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        return "there is no notebook"
    found, question = {}, 0
    try:
        for cell in json.loads(notebooks[0].read_text(encoding="utf-8-sig"))["cells"]:
            text = source(cell).strip()
            if cell["cell_type"] == "markdown":
                question = int((QUESTION.findall(text) or [question])[-1])
                if text not in asked and text != "":
                    found.setdefault(question, ([], []))[0].append(text)
            else:
                found.setdefault(question, ([], []))[1].extend(pictures(cell))
    except UNREADABLE as error:
        return f"the notebook can't be read: {type(error).__name__}"
    return found


def pictures(cell):
    """The pictures that a cell drew, as base64: what is no PNG is left out."""
    for output in cell.get("outputs", ()):
        try:
            content = base64.b64decode("".join("".join(output["data"]["image/png"]).split()), validate=True)
        except UNREADABLE:
            continue
        if content.startswith(PNG) and len(content) < LARGEST:
            yield base64.b64encode(content).decode()


def shown(text):
    """A student's text as HTML, cut where it is too long."""
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
    return escape("".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text))


def written(students, scheme, held):
    """The page."""
    by_hand = {line["question"] for line in scheme if line["what"] == "answer"}
    body = [f"<h1>{len(students)} students</h1>", overview(students, scheme, held)]
    for question in sorted({line["question"] for line in scheme}):
        lines = [f"{line['points']:g} {line['what']}: {line['for']}" for line in scheme if line["question"] == question]
        body.append(f"<h2>Question {question}</h2><p>{'<br>'.join(map(escape, lines))}</p>")
        if question in by_hand:
            most = sum(line["points"] for line in scheme if (line["question"], line["what"]) == (question, "answer"))
            body.append('<div class="row">')
            body += [column(name, found, question, most) for name, found in students.items()]
            body.append("</div>")
    allowed = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in (STYLE, SCRIPT)
    ]
    policy = f"default-src 'none'; img-src data:; style-src {allowed[0]}; script-src {allowed[1]}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>Answers</title><style>{STYLE}</style>'
        f"</head><body>{''.join(body)}<script>{SCRIPT}</script></body></html>\n"
    )


def overview(students, scheme, held):
    rows = ["<tr><th>name</th><th>checks</th><th>answers</th><th>points</th></tr>"]
    for name in students:
        right = held.get(harmless(name), ())
        points = sum(line["points"] for line in scheme if line["what"] in right)
        rows.append(f'<tr data-name="{shown(name)}"><td>{shown(name)}</td><td>{points:g}</td><td>0</td><td>0</td></tr>')
    most = sum(line["points"] for line in scheme)
    return f"<table>{''.join(rows)}</table><p>of {most:g} points. <button>Save as CSV</button></p>"


def column(name, found, question, most):
    """A student's answer to a question, and the field for its points."""
    texts, drawn = ([found], []) if isinstance(found, str) else found.get(question, ([], []))
    parts = [f"<pre>{shown(text)}</pre>" for text in texts] or ['<p class="none">no words</p>']
    parts += [f'<img loading="lazy" alt="" src="data:image/png;base64,{content}">' for content in drawn[:MOST]]
    field = (
        f'<input type="number" min="0" max="{most:g}" step="0.5" data-name="{shown(name)}" data-question="{question}">'
    )
    return f'<div class="answer"><b>{shown(name)}</b> {field} of {most:g}{"".join(parts)}</div>'


if __name__ == "__main__":
    main()
