"""docs/practical.md: the templates, filled with figures; none of its numbers is typed."""

import inspect
from collections.abc import Callable
from typing import Any

import jinja2

from study.evidence import Evidence
from study.places import PAGE, PICTURES, TEMPLATES
from study.questions import NAMES, Figures, question
from tracked import UserError

MADE = "\0"  # where a claim stands, until its line is taken out


def render(figures: dict[str, Figures]) -> str:
    """The page, from the figures of all questions. Raises UserError when a claim does not hold, or is not made."""
    environment = jinja2.Environment(  # noqa: S701  Markdown, not HTML
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"sig": sig, "mean": mean, "spread": spread, "interval": interval}
    environment.globals |= {"source": source}
    answers = {name: _answer(environment, name, figures[name]) for name in NAMES}
    more = {"network_session": figures["q11_functions"]["network"]}
    return environment.get_template("practical.md").render(answers | more)


def _answer(environment: jinja2.Environment, name: str, figures: Figures) -> str:
    module, made = question(name), set()
    claims = module.claims(figures)

    def holds(claim: str) -> str:
        """Stands before the sentence that makes the claim."""
        made.add(claim)
        if not claims[claim]:
            raise UserError(f"docs/study/{name}.json does not bear out what the page says: {claim}")
        return MADE

    def picture(stem: str, about: str) -> str:
        return f"![{about}]({(PICTURES / f'{name}_{stem}.png').relative_to(PAGE.parent).as_posix()})"

    def cite(*keys: str) -> str:
        return "; ".join(_cited(module.EVIDENCE[key]) for key in keys)

    text = environment.get_template(f"{name}.md").render(f=figures, holds=holds, picture=picture, cite=cite)
    if unsaid := claims.keys() - made:
        raise UserError(f"study/templates/{name}.md does not make the claim: {sorted(unsaid)[0]}")
    return text.replace(f"{MADE}\n", "").replace(MADE, "").strip()


def _cited(evidence: Evidence) -> str:
    return f"`{evidence.shown}` (*{evidence.title}*)"


def source(*functions: str) -> str:
    """The code of functions, "module:NAME" or "module:CLASS.NAME", without what it says about itself."""
    return "\n\n".join(_code(name) for name in functions)


def _code(name: str) -> str:
    from importlib import import_module

    module, _, path = name.partition(":")
    found: Any = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return _without_docstring(inspect.unwrap(found))


def _without_docstring(function: Callable) -> str:
    text, docstring = inspect.cleandoc("\n" + inspect.getsource(function)), inspect.getdoc(function)
    if docstring is None:
        return text
    start = text.index('"""')
    return text[:start].rstrip() + "\n" + text[text.index('"""', start + 3) + 3 :].lstrip("\n")


def sig(value: float, digits: int = 2) -> str:
    """To significant digits, 0.0000012 as 1.2e-06; a whole number as it is."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", " ") if value >= 10000 else str(value)
    text = f"{value:.{digits}g}"
    if "e" in text:
        factor, power = text.split("e")
        return f"{factor}e{int(power)}"
    return text


def mean(group: dict[str, float], digits: int = 2) -> str:
    """The mean of seeds, with decimals."""
    return f"{group['mean']:.{digits}f}"


def spread(group: dict[str, float], digits: int = 2) -> str:
    """Mean, least and most."""
    return f"{group['mean']:.{digits}f} ({group['min']:.{digits}f} to {group['max']:.{digits}f})"


def interval(group: dict[str, float], digits: int = 4) -> str:
    """Mean and its 95 % interval."""
    return f"{group['mean']:+.{digits}f} (95 % interval {group['low']:+.{digits}f} to {group['high']:+.{digits}f})"
