"""Where the study reads and writes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs/study"  # what was measured, a JSON file a question; committed, the page is made of it
PICTURES = ROOT / "docs/images/practical"
TEMPLATES = ROOT / "study/templates"
PAGE = ROOT / "docs/practical.md"
OFFLINE = ROOT / "docs/practical.html"
CACHE = ROOT / ".dvc/tmp/study"


def write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; leave alone one that has this content."""
    if file.exists() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(content)
    part.replace(file)
