"""A picture becomes what the data set would have held: 8x8 blocks of ink, whatever its size, colours or frame."""

import contextlib

import numpy as np
import pytest
from PIL import Image

from digitrack import Refused
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
            np.testing.assert_array_equal(picture.read(tmp_path / "digit.png"), digit)


@pytest.mark.parametrize("size", [16, 200])
def test_an_enlarged_digit_comes_out_as_it_was(tmp_path, size):
    drawn(ONE, size).save(tmp_path / "digit.png")
    np.testing.assert_array_equal(picture.read(tmp_path / "digit.png"), ONE)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1"])
def test_the_mode_and_the_polarity_do_not_matter(tmp_path, mode):
    digit = np.zeros((8, 8))
    digit[:, 3:5] = 16
    for image in (drawn(digit, 40, 8), inverted(drawn(digit, 40, 8))):
        image.convert(mode).save(tmp_path / "digit.png")
        np.testing.assert_array_equal(picture.read(tmp_path / "digit.png"), digit)


def test_ink_on_nothing_shows_whichever_its_colour(tmp_path):
    ink = np.asarray(drawn(ONE)) < 128
    for level in (0, 255):
        pixels = np.dstack([np.full((8, 8, 3), level), ink * 255]).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "digit.png")
        np.testing.assert_array_equal(picture.read(tmp_path / "digit.png") > 0, ink)


def test_a_digit_is_cut_out_of_a_wide_noisy_picture(tmp_path):
    rng = np.random.default_rng(0)
    sheet = rng.normal(230, 3, (300, 500))
    sheet[60:240, 330:375] -= 180  # a one: 180 pixels high, 45 wide
    Image.fromarray(sheet.clip(0, 255).astype(np.uint8)).save(tmp_path / "sheet.jpg", quality=60)
    digit = picture.read(tmp_path / "sheet.jpg")
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
        picture.read(path)


def test_a_truncated_and_an_empty_picture_are_named(tmp_path):
    path = tmp_path / "digit.png"
    drawn(ONE, 200).save(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Refused, match="is not a picture"):
        picture.read(path)
    Image.new("RGB", (50, 50), (90, 120, 30)).save(path)
    with pytest.raises(Refused, match="shows no digit"):
        picture.read(path)


def test_no_bit_of_a_png_can_flip_unnoticed(tmp_path):
    path = tmp_path / "digit.png"
    drawn(ONE, 40, 8).save(path)
    content, expected, refused = path.read_bytes(), picture.read(path), 0
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        try:
            np.testing.assert_array_equal(picture.read(path), expected)
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
            assert picture.read(path).shape == (8, 8)


def test_a_picture_that_would_fill_the_memory_and_one_of_another_format_are_refused(tmp_path):
    Image.new("1", (30_000, 1_000)).save(tmp_path / "large.png")
    with pytest.raises(Refused, match=r"large\.png is not a picture that can be read: .* more than 25 million"):
        picture.read(tmp_path / "large.png")
    drawn(ONE).save(tmp_path / "digit.gif")
    with pytest.raises(Refused, match=r"digit\.gif is not a picture"):
        picture.read(tmp_path / "digit.gif")


def test_any_grey_values_give_ink_from_none_to_full():
    rng = np.random.default_rng(0)
    for _ in range(300):
        gray = rng.integers(0, 256, rng.integers(1, 12, 2)).astype(float)
        if np.ptp(gray) >= picture.LEAST:
            digit = picture.blocks(gray)
            assert digit.shape == (8, 8)
            assert ((digit >= 0) & (digit <= 16)).all()
