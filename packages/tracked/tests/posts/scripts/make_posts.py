"""Make up data/data.xml: 1,500 questions, a third of them about R."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

R = ["data", "frame", "ggplot", "vector", "factor", "apply", "cran", "tidyverse", "regression", "matrix"]
OTHERS = ["python", "java", "class", "pointer", "server", "table", "thread", "loop", "compile", "browser"]
ALL = [
    "how",
    "to",
    "why",
    "error",
    "when",
    "using",
    "function",
    "value",
    "file",
    "code",
    "print",
    "read",
    "list",
    "name",
]


def make(n: int = 1_500, seed: int = 0) -> str:
    random, rows = np.random.default_rng(seed), []
    for number in range(1, n + 1):
        about_r = random.random() < 1 / 3
        share = random.uniform(0.05, 0.5)  # of words that tell the kind, a fifth of which are of the other
        kinds = random.random(30)
        mine, other = (R, OTHERS) if about_r else (OTHERS, R)
        words = [random.choice(ALL if k > share else other if k < share / 3 else mine) for k in kinds]
        tags = f"<{'r' if about_r else random.choice(OTHERS)}><{random.choice(ALL)}>"
        body = f"<p>{' '.join(words[6:])} a < b &amp;</p>"
        said = {"Id": str(number), "PostTypeId": "1", "Tags": tags, "Title": " ".join(words[:6]), "Body": body}
        rows.append(f"  <row {' '.join(f'{name}={quoteattr(text)}' for name, text in said.items())} />\n")
    return f'<?xml version="1.0" encoding="utf-8"?>\n<posts>\n{"".join(rows)}</posts>\n'


if __name__ == "__main__":
    Path("data").mkdir(exist_ok=True)
    Path("data/data.xml").write_text(make())
