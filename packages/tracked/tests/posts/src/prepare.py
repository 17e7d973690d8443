"""Split the posts by chance, with their tags as 0 or 1: data/data.xml -> data/prepared/."""

import random
import re
from xml.etree import ElementTree

import pandas as pd

from tracked import Outcome


def run(settings, folder, report):
    chance = random.Random(settings.prepare.seed)  # noqa: S311
    parts = {"train": [], "test": []}
    for row in ElementTree.parse(folder / "data/data.xml").getroot():  # noqa: S314
        text = re.sub(r"\s+", " ", f"{row.get('Title')} {row.get('Body')}").strip()
        part = "test" if chance.random() < settings.prepare.split else "train"
        parts[part].append({"id": row.get("Id"), "label": int("<r>" in row.get("Tags")), "text": text})
    (folder / "data/prepared").mkdir(parents=True, exist_ok=True)
    for part, rows in parts.items():
        pd.DataFrame(rows).to_csv(folder / f"data/prepared/{part}.tsv", sep="\t", index=False)
    return Outcome({f"n_{part}": len(rows) for part, rows in parts.items()})
