"""docs/practical.md: the templates, filled with figures; none of its numbers is typed."""

import re

import jinja2

from study.places import PAGE, PICTURES, TEMPLATES
from study.questions import NAMES, Figures, question
from study.solution import source
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
    environment.filters |= {"sig": sig, "mean": mean, "spread": spread, "interval": interval, "about": about}
    environment.globals |= {"source": source}
    answers = {name: _answer(environment, name, figures) for name in NAMES}
    text = environment.get_template("practical.md").render(answers)
    return _numbered(text.replace("{CONTENTS}", _contents(text)))


def _answer(environment: jinja2.Environment, name: str, figures: dict[str, Figures]) -> str:
    module, made = question(name), set()
    claims = module.claims(figures[name])

    def holds(claim: str) -> str:
        """Stands before the sentence that makes the claim."""
        made.add(claim)
        if not claims[claim]:
            raise UserError(f"docs/study/{name}.json does not bear out what the page says: {claim}")
        return MADE

    def picture(stem: str, about: str, caption: str) -> str:
        """A picture with its description, and below it its number and caption."""
        path = (PICTURES / f"{name}_{stem}.png").relative_to(PAGE.parent).as_posix()
        return f"![{about}]({path})\n\n**Figure {{{stem}}}.** {caption}"

    def made_by(*keys: str) -> str:
        """The commands, folded away."""
        commands = "\n".join(f"    {module.EVIDENCE[key].shown}" for key in keys)
        return f"<details><summary>Made by</summary>\n\n{commands}\n\n</details>"

    own = {"holds": holds, "picture": picture, "made_by": made_by}
    text = environment.get_template(f"{name}.md").render(f=figures[name], figures=figures, **own)
    if unsaid := claims.keys() - made:
        raise UserError(f"study/templates/{name}.md does not make the claim: {sorted(unsaid)[0]}")
    return text.replace(f"{MADE}\n", "").replace(MADE, "").strip()


def _contents(text: str) -> str:
    """A line for each heading of the second level, a link to where GitHub and pandoc put it."""
    headings = re.findall(r"^## (.+)$", text, re.M)
    return "\n".join(f"- [{heading}](#{_anchor(heading)})" for heading in headings)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _numbered(text: str) -> str:
    """With numbers in the place of the pictures' names, {NAME}, in the order in which the pictures stand."""
    for number, name in enumerate(re.findall(r"^\*\*Figure \{(\w+)}\.\*\*", text, re.M), 1):
        text = text.replace(f"Figure {{{name}}}", f"Figure {number}")
    return text


def sig(value: float, digits: int = 2) -> str:
    """To significant digits, 0.0000012 as 1.2e-6, 316.1 as 320; a whole number as it is."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", " ") if value >= 10000 else str(value)
    text = f"{value:.{digits}g}"
    if "e" in text:
        if abs(value) > 1:
            return sig(int(float(text)))
        factor, power = text.split("e")
        return f"{factor}e{int(power)}"
    return text


def mean(group: dict[str, float], digits: int = 2) -> str:
    """The mean of seeds, with decimals."""
    return f"{group['mean']:.{digits}f}"


def about(group: dict[str, float], digits: int = 2) -> str:
    """The mean of seeds, to significant digits."""
    return sig(group["mean"], digits)


def spread(group: dict[str, float], digits: int = 2) -> str:
    """Mean, least and most."""
    return f"{group['mean']:.{digits}f} ({group['min']:.{digits}f} to {group['max']:.{digits}f})"


def interval(group: dict[str, float], digits: int = 4) -> str:
    """Mean and its 95 % interval."""
    return f"{group['mean']:+.{digits}f} (95 % interval {group['low']:+.{digits}f} to {group['high']:+.{digits}f})"
