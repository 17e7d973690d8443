"""A picture becomes what the data set would have held: 8x8 blocks of ink, whatever its size, colours or frame."""

import contextlib
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from digitrack import Refused
from digitrack.data.pictures import opened, resized
from digitrack.data.sample_info import SampleInfo
from digitrack.prediction import picture

ONE = np.zeros((8, 8))
ONE[:, 3:5] = 16
ONE[0:2, 2] = [1, 8]  # faint ink too


def drawn(digit, size=8, margin=0, resample=Image.Resampling.NEAREST):
    """Dark on light, the digit `margin` pixels from the edges."""
    inner = Image.fromarray((255 - digit / 16 * 255).round().astype(np.uint8))
    paper = Image.new("L", (size, size), 255)
    paper.paste(inner.resize((size - 2 * margin,) * 2, resample), (margin, margin))
    return paper


def inverted(image):
    return Image.fromarray(255 - np.asarray(image))


def test_a_plain_8x8_passes_unharmed(tmp_path):
    faint = np.arange(64).reshape(8, 8) % 17 * (np.abs(np.arange(8) - 3.5) < 3)
    for digit in (ONE, faint):
        for image in (drawn(digit), inverted(drawn(digit))):
            image.save(tmp_path / "digit.png")
            np.testing.assert_array_equal(picture.digit(tmp_path / "digit.png"), digit)


@pytest.mark.parametrize("size", [16, 200])
def test_an_enlarged_digit_comes_out_as_it_was(tmp_path, size):
    drawn(ONE, size).save(tmp_path / "digit.png")
    np.testing.assert_array_equal(picture.digit(tmp_path / "digit.png"), ONE)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1"])
def test_the_mode_and_the_polarity_do_not_matter(tmp_path, mode):
    digit = np.zeros((8, 8))
    digit[:, 3:5] = 16
    for image in (drawn(digit, 40, 8), inverted(drawn(digit, 40, 8))):
        image.convert(mode).save(tmp_path / "digit.png")
        np.testing.assert_array_equal(picture.digit(tmp_path / "digit.png"), digit)


def test_ink_on_nothing_shows_whichever_its_colour(tmp_path):
    ink = np.asarray(drawn(ONE)) < 128
    for level in (0, 255):
        pixels = np.dstack([np.full((8, 8, 3), level), ink * 255]).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "digit.png")
        np.testing.assert_array_equal(picture.digit(tmp_path / "digit.png") > 0, ink)


def test_a_digit_is_cut_out_of_a_wide_noisy_picture(tmp_path):
    rng = np.random.default_rng(0)
    sheet = rng.normal(230, 3, (300, 500))
    sheet[60:240, 330:375] -= 180  # a one: 180 pixels high, 45 wide
    Image.fromarray(sheet.clip(0, 255).astype(np.uint8)).save(tmp_path / "sheet.jpg", quality=60)
    digit = picture.digit(tmp_path / "sheet.jpg")
    np.testing.assert_array_equal(digit[:, 3:5] >= 14, True)
    assert digit.sum() == pytest.approx(digit[:, 3:5].sum())


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "is missing"), (b"not a picture", "is not a picture"), (b"", "is not a picture")],
)
def test_what_is_no_picture_is_named(tmp_path, content, told):
    path = tmp_path / "digit.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused, match=rf"digit\.png {told}"):
        picture.digit(path)


def test_a_truncated_and_an_empty_picture_are_named(tmp_path):
    path = tmp_path / "digit.png"
    drawn(ONE, 200).save(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Refused, match="is not a picture"):
        picture.digit(path)
    Image.new("RGB", (50, 50), (90, 120, 30)).save(path)
    with pytest.raises(Refused, match="shows no digit"):
        picture.digit(path)


def test_no_bit_of_a_png_can_flip_unnoticed(tmp_path):
    path = tmp_path / "digit.png"
    drawn(ONE, 40, 8).save(path)
    content, expected, refused = path.read_bytes(), picture.digit(path), 0
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        try:
            np.testing.assert_array_equal(picture.digit(path), expected)
        except Refused:
            refused += 1
    assert refused > 0.9 * len(content)


def test_a_damaged_jpeg_is_read_or_refused(tmp_path):
    path, rng = tmp_path / "digit.jpg", np.random.default_rng(0)
    drawn(ONE, 40, 8).save(path)
    content = path.read_bytes()
    for _ in range(300):
        at = int(rng.integers(len(content)))
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << int(rng.integers(8))]) + content[at + 1 :])
        with contextlib.suppress(Refused):
            assert picture.digit(path).shape == (8, 8)


def test_a_picture_that_would_fill_the_memory_and_one_of_another_format_are_refused(tmp_path):
    Image.new("1", (30_000, 1_000)).save(tmp_path / "large.png")
    with pytest.raises(Refused, match=r"large\.png is not a picture that can be read: .* more than 25 million"):
        picture.digit(tmp_path / "large.png")
    drawn(ONE).save(tmp_path / "digit.gif")
    with pytest.raises(Refused, match=r"digit\.gif is not a picture"):
        picture.digit(tmp_path / "digit.gif")


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        (SampleInfo((2, 3), ("a", "b"), None, 255.0), [[0, 0, 0], [255, 255, 255]]),
        (SampleInfo((2, 3), ("a", "b"), None, 1.0), [[0, 0, 0], [1, 1, 1]]),
        (SampleInfo((4, 3), ("a", "b"), None, 16.0), None),
        (SampleInfo((2, 3, 3), ("a", "b"), None, 255.0), [[[0] * 3] * 3, [[255] * 3] * 3]),
        (picture.DIGITS._replace(largest=255.0), None),  # not scikit-learn's: taken as it is
    ],
)
def test_other_models_get_the_picture_in_their_own_size_and_range(tmp_path, about, expected):
    Image.fromarray(np.repeat(np.array([[0], [255]], np.uint8), 3, axis=1)).save(tmp_path / "a.png")
    found = picture.as_sample(tmp_path / "a.png", about)
    assert found.shape == about.shape
    assert found.min() == 0
    assert found.max() == about.largest
    if expected is not None:
        np.testing.assert_allclose(found, expected)
    about.checked(found.reshape(1, -1))


def test_a_model_of_the_digits_gets_their_ink_and_one_of_tables_no_picture(tmp_path):
    drawn(ONE, 40, 8).save(tmp_path / "digit.png")
    expected = picture.digit(tmp_path / "digit.png")
    np.testing.assert_array_equal(picture.as_sample(tmp_path / "digit.png", picture.DIGITS), expected)
    with pytest.raises(Refused, match=r"digit\.png: the model takes rows of 2 features, not pictures: use --csv FILE"):
        picture.as_sample(tmp_path / "digit.png", SampleInfo((2,), ("a", "b")))


def test_a_photo_is_read_upright(tmp_path):
    image, exif = Image.fromarray(np.array([[0, 255]], np.uint8)), Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    image.save(tmp_path / "a.png", exif=exif)
    found = picture.as_sample(tmp_path / "a.png", SampleInfo((2, 1), ("a", "b"), None, 255.0))
    np.testing.assert_array_equal(found, [[0], [255]])


def test_any_grey_values_give_ink_from_none_to_full():
    rng = np.random.default_rng(0)
    for _ in range(300):
        gray = rng.integers(0, 256, rng.integers(1, 12, 2)).astype(float)
        if np.ptp(gray) >= picture.LEAST:
            digit = picture.blocks(gray)
            assert digit.shape == (8, 8)
            assert ((digit >= 0) & (digit <= 16)).all()


@pytest.mark.parametrize(
    ("values", "transparent", "expected"),
    [
        ([0, 256, 32768, 65535], None, [0, 1, 128, 255]),
        ([0, 255, 511, 65279], None, [0, 0, 1, 254]),
        ([0, 256, 32768, 65535], 256, [0, 255, 128, 255]),  # paper shows where the picture is transparent
    ],
)
def test_grey_of_16_bits_keeps_its_upper_ones(tmp_path, values, transparent, expected):
    options = {} if transparent is None else {"transparency": transparent}
    Image.fromarray(np.array([values], np.uint16)).save(tmp_path / "x.png", **options)
    assert resized(tmp_path / "x.png", (1, 4), color=False).tolist() == [expected]
    assert resized(tmp_path / "x.png", (1, 4), color=True)[0, :, 1].tolist() == expected


def png(path, depth, kind, row, transparent):
    """A PNG of four pixels, as Pillow does not write it; `kind` 0 is grey, 2 colour."""
    chunks = {b"IHDR": struct.pack(">IIBBBBB", 4, 1, depth, kind, 0, 0, 0), b"tRNS": struct.pack(">H", transparent)}
    chunks[b"tRNS"] *= 3 if kind else 1
    chunks |= {b"IDAT": zlib.compress(b"\0" + row), b"IEND": b""}
    told = (struct.pack(">I", len(data)) + key + data for key, data in chunks.items())
    sums = (struct.pack(">I", zlib.crc32(key + data)) for key, data in chunks.items())
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(map(b"".join, zip(told, sums, strict=True))))


@pytest.mark.parametrize(
    ("depth", "row", "transparent", "expected"),
    [
        (1, b"\x50", 0, [255, 255, 255, 255]),
        (2, b"\x1b", 1, [0, 255, 170, 255]),
        (4, b"\x0f\x8f", 8, [0, 255, 255, 255]),
    ],
)
def test_a_transparent_grey_of_few_bits_is_that_of_the_pixels(tmp_path, depth, row, transparent, expected):
    png(tmp_path / "x.png", depth, 0, row, transparent)
    assert resized(tmp_path / "x.png", (1, 4), color=False).tolist() == [expected]


def test_a_transparent_colour_whose_lower_bits_are_not_read_is_refused(tmp_path):
    png(tmp_path / "x.png", 16, 2, bytes(24), 256)
    with pytest.raises(Refused, match=r"x\.png is not a picture .* colours of 16 bits, one of which stands for transp"):
        resized(tmp_path / "x.png", (1, 4), color=True)


def exif(*entries):
    """EXIF as a camera writes it, of entries (tag, type, count, content); content beyond 4 bytes stands behind them."""
    behind, fields = 8 + 2 + 12 * len(entries) + 4, b""
    for tag, kind, count, content in sorted(entries):
        fields += struct.pack("<HHI", tag, kind, count)
        fields += content.ljust(4, b"\0") if len(content) <= 4 else struct.pack("<I", behind)
        behind += len(content) if len(content) > 4 else 0
    content = b"".join(entry[3] for entry in sorted(entries) if len(entry[3]) > 4)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + fields + bytes(4) + content


TURNED = (0x0112, 3, 1, struct.pack("<H", 6))
ODD_EXIF = {
    "resolution -1/0": (exif(TURNED, (0x011A, 10, 1, struct.pack("<ii", -1, 0))), True),
    "resolution in words": (exif(TURNED, (0x011A, 2, 6, b"hello\0")), True),
    "resolution 0/0": (exif(TURNED, (0x011A, 5, 1, bytes(8)), (0x0128, 3, 1, b"\2\0")), True),
    "an artist that is a number": (exif(TURNED, (0x013B, 11, 1, struct.pack("<f", 1.5))), True),
    "an unknown type": (exif(TURNED, (0x010F, 99, 1, b"abcd")), True),
    "a text beyond the end": (exif(TURNED, (0x010F, 2, 5000, struct.pack("<I", 9000))), True),
    "a section that is a text": (exif(TURNED, (0x8769, 2, 6, b"hello\0")), True),
    "an orientation of 0": (exif((0x0112, 3, 1, bytes(2))), False),
    "an orientation in words": (exif((0x0112, 2, 2, b"6\0")), False),
    "no EXIF": (b"Exif\0\0no EXIF", False),
    "EXIF that is cut off": (exif(TURNED)[:16], False),
}


@pytest.mark.parametrize("ending", ["jpg", "png"])
@pytest.mark.parametrize("name", ODD_EXIF)
def test_a_photo_is_upright_whatever_else_its_camera_says(tmp_path, name, ending):
    content, turned = ODD_EXIF[name]
    left_light = np.zeros((16, 32), np.uint8)
    left_light[:, :16] = 255
    Image.fromarray(left_light).save(tmp_path / f"a.{ending}", exif=content)
    found = np.asarray(opened(tmp_path / f"a.{ending}").convert("L"))
    np.testing.assert_array_equal(found > 128, (np.rot90(left_light, -1) if turned else left_light) > 128)
