"""Mistakes one by one, each below what is said of it; quicker than by matplotlib, as there can be a thousand."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDTH = 192  # pixels, at least
FONT = 20
TALL = 56  # pixels, of two lines


def caption(mistake: Mapping[str, Any]) -> str:
    """What is said of a mistake, from its true, predicted and probability."""
    return f"{mistake['true']} taken for {mistake['predicted']}\np = {mistake['probability']:.2f}"


def captioned(images: np.ndarray, chosen: np.ndarray, mistakes: Sequence[Mapping[str, Any]]) -> list[np.ndarray]:
    """The images (n, height, width) that are `chosen`, by place, each with what is said of it, in the same order."""
    largest = float(images.max())
    return [_captioned(image, largest, mistake) for image, mistake in zip(images[chosen], mistakes, strict=False)]


def _captioned(image: np.ndarray, largest: float, mistake: Mapping[str, Any]) -> np.ndarray:
    """An image (height, width) from 0 to `largest`, enlarged, dark on light, below its caption: uint8."""
    height, width = image.shape
    scale = -(-WIDTH // width)
    paper = Image.new("L", (width * scale, height * scale + TALL), 255)
    ink = Image.fromarray((255 - image / max(largest, 1) * 255).astype(np.uint8))
    paper.paste(ink.resize((width * scale, height * scale), Image.Resampling.NEAREST), (0, TALL))
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(FONT)
    draw.multiline_text((paper.width / 2, 2), caption(mistake), fill=0, font=font, anchor="ma", align="center")
    return np.asarray(paper)
