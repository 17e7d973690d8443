"""A PNG or JPEG as pixels: of the user's own files, which may be damaged or anything else."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from digitrack import Refused

FORMATS = ("PNG", "JPEG")  # of all that Pillow knows: some start other programs
LARGEST = 25_000_000  # pixels: computing with them takes a gigabyte


def opened(path: Path) -> Image.Image:
    """The picture, upright, in RGBA. Raises Refused, which names the file, when it is missing, too large or damaged."""
    try:
        return _colours(path)
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except UnidentifiedImageError:
        raise Refused(f"{path} is not a picture that can be read: it must be a PNG or JPEG") from None
    except Exception as error:  # over damaged bytes, the readers of pictures raise whatever comes
        raise Refused(f"{path} is not a picture that can be read: {' '.join(str(error).split())}") from None


def _colours(path: Path) -> Image.Image:
    with warnings.catch_warnings(action="ignore"):
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > LARGEST:
                raise ValueError(f"it has {image.width} x {image.height} pixels, more than {LARGEST / 1e6:g} million")
            image.verify()  # the checksums in a PNG, which are not looked at otherwise; a JPEG has none
        with Image.open(path, formats=FORMATS) as image:
            _match_transparent(image, path)
            upright = ImageOps.exif_transpose(image)  # as a phone shows it
            return _of_16_bits(upright) if upright.mode.startswith("I") else upright.convert("RGBA")


def _match_transparent(image: Image.Image, path: Path) -> None:
    """Bring the value that stands for transparent in a PNG into the range in which Pillow gives the pixels: it reads
    grey of 2 and 4 bits, and colours of 16, as 8 bits, but this value as it is."""
    if image.format != "PNG" or "transparency" not in image.info:
        return
    with path.open("rb") as file:
        depth, kind = file.read(26)[24:]  # of the header, at its fixed place
    if (kind, depth) == (2, 16):
        raise ValueError("it has colours of 16 bits, one of which stands for transparent: save it with 8 bits")
    if kind == 0 and depth in (2, 4):
        image.info["transparency"] *= 255 // (2**depth - 1)


def _of_16_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits in RGBA of 8, by the upper ones, as Pillow does it in colour: of grey it would clip what is above
    255. A value may stand for transparent."""
    values = np.asarray(image).astype(np.uint32)
    gray = (values >> 8).clip(0, 255).astype(np.uint8)
    opaque = np.where(values == image.info.get("transparency", -1), 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([gray, gray, gray, opaque]), "RGBA")


def resized(path: Path, size: tuple[int, int], color: bool) -> np.ndarray:
    """The picture, on white, resized to (height, width): uint8 (h, w), or (h, w, 3) if in colour.

    Raises Refused, which names the file, when there is no such picture.
    """
    image = opened(path)
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB" if color else "L")
    height, width = size
    return np.asarray(flat if flat.size == (width, height) else flat.resize((width, height), Image.Resampling.LANCZOS))
