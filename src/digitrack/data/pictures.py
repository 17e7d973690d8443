"""Read a PNG or JPEG as pixels. Users bring these files, so they may be damaged, or something else."""

import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from digitrack import Refused

FORMATS = ("PNG", "JPEG")  # no others of Pillow's formats: for some it starts other programs
LARGEST = 25_000_000  # pixels: processing so many takes a gigabyte of memory
UPRIGHT = {  # how to turn a picture upright, by its orientation in EXIF; 1 is upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def opened(path: Path) -> Image.Image:
    """Return the picture, upright, in RGBA. Raises Refused when the file is missing, too large or damaged."""
    try:
        return _colours(path)
    except FileNotFoundError:
        raise Refused(f"{path} is missing") from None
    except UnidentifiedImageError:
        raise Refused(f"{path} is not a picture that can be read: it must be a PNG or JPEG") from None
    except Exception as error:  # Pillow raises any exception on damaged bytes
        raise Refused(f"{path} is not a picture that can be read: {' '.join(str(error).split())}") from None


def _colours(path: Path) -> Image.Image:
    with warnings.catch_warnings(action="ignore"):
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > LARGEST:
                raise ValueError(f"it has {image.width} x {image.height} pixels, more than {LARGEST / 1e6:g} million")
            image.verify()  # compares the checksums in a PNG, which Pillow ignores otherwise; a JPEG has none
        with Image.open(path, formats=FORMATS) as image:
            _match_transparent(image, path)
            upright = _upright(image)
            return _of_16_bits(upright) if upright.mode.startswith("I") else upright.convert("RGBA")


def _upright(image: Image.Image) -> Image.Image:
    """Return the picture as a phone shows it, by the orientation in EXIF; EXIF that can't be read is ignored.

    Pillow's own `exif_transpose` also writes all other values of EXIF again, and fails on odd ones.
    """
    image.load()
    try:
        turn = UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # Pillow raises any exception on damaged bytes
        turn = None
    return image if turn is None else image.transpose(turn)


def _match_transparent(image: Image.Image, path: Path) -> None:
    """Convert the value that means transparent in a PNG as Pillow converts the pixels.

    Pillow converts grey of 2 and 4 bits, and colours of 16, to 8 bits, but leaves this value as it is.
    """
    if image.format != "PNG" or "transparency" not in image.info:
        return
    with path.open("rb") as file:
        depth, kind = file.read(26)[24:]  # of the header, which is always here
    if (kind, depth) == (2, 16):
        raise ValueError("it has colours of 16 bits, one of which stands for transparent: save it with 8 bits")
    if kind == 0 and depth in (2, 4):
        image.info["transparency"] *= 255 // (2**depth - 1)


def _of_16_bits(image: Image.Image) -> Image.Image:
    """Convert grey of 16 bits to RGBA of 8, by the upper 8 bits; one value may mean transparent.

    Pillow does the same with colours, but clips grey at 255.
    """
    values = np.asarray(image).astype(np.uint32)
    gray = (values >> 8).clip(0, 255).astype(np.uint8)
    opaque = np.where(values == image.info.get("transparency", -1), 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([gray, gray, gray, opaque]), "RGBA")


def resized(path: Path, size: tuple[int, int], color: bool) -> np.ndarray:
    """Return the picture, on white, resized to (height, width): uint8 (h, w), or (h, w, 3) if in colour.

    Raises Refused, naming the file, when it is missing, too large or damaged.
    """
    image = opened(path)
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB" if color else "L")
    height, width = size
    return np.asarray(flat if flat.size == (width, height) else flat.resize((width, height), Image.Resampling.LANCZOS))
