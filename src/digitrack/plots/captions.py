"""Draw mistakes one by one, each below its caption. There can be a thousand: matplotlib would be too slow."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from digitrack.data.names import shown

# Pixels. MLflow's page puts an image into a square of 256, and shows the upper 200 of it.
SIDE, TALL, CAPTION, FONT = 256, 152, 44, 16


def caption(mistake: Mapping[str, Any]) -> str:
    """Return the caption of a mistake: its true and predicted class, and the probability."""
    true, predicted = named(mistake, 10)
    return f"{true} taken for {predicted}\np = {mistake['probability']:.2f}"


def named(mistake: Mapping[str, Any], most: int) -> list[str]:
    """Return the true and the predicted class, each cut to `most` characters."""
    names = (shown(str(mistake[key])) for key in ("true", "predicted"))
    return [name if len(name) <= most else f"{name[: most - 1]}…" for name in names]


def captioned(images: np.ndarray, chosen: np.ndarray, mistakes: Sequence[Mapping[str, Any]]) -> list[np.ndarray]:
    """Return the images at the places `chosen`, in this order, each below the caption of its mistake.

    `images` is (n, height, width) or (n, height, width, 3). If the samples are not images, the result is empty.
    """
    if images.ndim < 3:
        return []
    largest = float(images.max())
    return [_captioned(image, largest, mistake) for image, mistake in zip(images[chosen], mistakes, strict=False)]


def _captioned(image: np.ndarray, largest: float, mistake: Mapping[str, Any]) -> np.ndarray:
    """Enlarge an image, from 0 to `largest`, below its caption: uint8; grey images become dark on light."""
    height, width, *channels = image.shape
    scale = max(1, min(TALL // height, SIDE // width))
    size = max(SIDE, width * scale), max(SIDE, CAPTION + height * scale)
    paper = Image.new("RGB" if channels else "L", size, "white")
    shade = image / max(largest, 1) * 255
    ink = Image.fromarray((shade if channels else 255 - shade).astype(np.uint8))
    enlarged = ink.resize((width * scale, height * scale), Image.Resampling.NEAREST)
    paper.paste(enlarged, ((paper.width - enlarged.width) // 2, CAPTION))
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(FONT)
    draw.multiline_text((paper.width / 2, 2), caption(mistake), fill="black", font=font, anchor="ma", align="center")
    return np.asarray(paper)
