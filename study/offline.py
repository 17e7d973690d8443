"""docs/practical.html: the page as one file that needs no network, formulas as MathML, by pandoc."""

import re
import tempfile
from pathlib import Path

from study.places import PAGE, TEMPLATES


def html(text: str) -> bytes:
    """The page, pictures embedded. Links into the repository become plain text: the file goes to a class alone."""
    import pypandoc

    alone = re.sub(r"(?<!!)\[([^]]+)]\([^()]+\.md\)", r"\1", text)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "practical.html"
        pypandoc.convert_text(
            alone.replace("\\thinspace", "\\,"),  # which pandoc does not know, as the other is lost on GitHub
            "html5",
            format="gfm+tex_math_dollars",
            outputfile=str(out),
            extra_args=[
                "--standalone",
                "--fail-if-warnings",  # a formula that it can't render
                "--embed-resources",
                "--mathml",
                f"--resource-path={PAGE.parent}",
                f"--include-in-header={TEMPLATES / 'style.html'}",
                "--metadata=pagetitle:Training a neural network",
                "--metadata=lang:en",
            ],
        )
        return out.read_bytes()
