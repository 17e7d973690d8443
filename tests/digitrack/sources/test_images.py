"""The module digitrack.data.sources.images."""

import os

import numpy as np
import pytest
from PIL import Image

from digitrack import Refused
from digitrack.data.sources import images


@pytest.fixture
def folder(tmp_path):
    """Two classes of two pictures each, of several sizes and kinds."""
    for number, (kind, size, name) in enumerate(
        [("cat", (8, 6), "a.png"), ("cat", (30, 40), "b.JPG"), ("dog", (5, 5), "c.jpeg"), ("dog", (8, 6), "d.png")]
    ):
        (tmp_path / kind).mkdir(exist_ok=True)
        Image.new("RGB", size, (60 * number, 0, 200)).save(tmp_path / kind / name, "PNG" if "png" in name else "JPEG")
    (tmp_path / ".gitignore").write_text("/cat\n")  # as DVC writes it
    (tmp_path / "README.md").write_text("From the shelter.\n")
    return tmp_path


def test_pictures_are_resized_and_the_folders_name_their_classes(folder):
    grey = images.load(str(folder), [3, 4])
    assert grey.x.shape == (4, 3, 4)
    assert grey.x.dtype == np.uint8
    assert grey.class_names == ("cat", "dog")
    np.testing.assert_array_equal(grey.y, [0, 0, 1, 1])
    colored = images.load(str(folder), [3, 4], "color")
    assert colored.x.shape == (4, 3, 4, 3)
    np.testing.assert_allclose(colored.x[0], np.broadcast_to([0, 0, 200], (3, 4, 3)))
    np.testing.assert_allclose(colored.x[1], np.broadcast_to([60, 0, 200], (3, 4, 3)), atol=4)  # a JPEG


def test_a_picture_of_the_size_asked_for_comes_as_it_is(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 6), np.uint8)
    for i, image in enumerate(pixels):
        (tmp_path / str(i % 2)).mkdir(exist_ok=True)
        Image.fromarray(image).save(tmp_path / f"{i % 2}/{i}.png")
    np.testing.assert_array_equal(images.load(str(tmp_path), [5, 6]).x, pixels[[0, 2, 1, 3]])


def test_classes_are_told_without_a_look_into_the_files(folder):
    (folder / "cat/a.png").write_bytes(b"")
    y, names = images.labels(str(folder), [3, 4])
    np.testing.assert_array_equal(y, [0, 0, 1, 1])
    assert names == ("cat", "dog")


def test_a_damaged_picture_is_named(folder):
    whole = (folder / "cat/a.png").read_bytes()
    for content in (b"", whole[:60], whole.replace(whole[40:50], bytes(10)), b"<svg/>"):
        (folder / "cat/a.png").write_bytes(content)
        with pytest.raises(Refused, match=r"cat/a\.png is not a picture that can be read") as error:
            images.load(str(folder), [3, 4])
        assert len(str(error.value).splitlines()) == 1


def test_a_folder_that_is_no_data_set_is_named(folder, tmp_path):
    def refused(told):
        for function in (images.load, images.labels):
            with pytest.raises(Refused, match=told):
                function(str(folder), [3, 4])

    (folder / "bird").mkdir()
    refused("bird is empty: a class needs pictures")
    Image.new("L", (3, 3)).save(folder / "bird/e.png")
    refused(r"class bird has only one sample, .*bird/e\.png")
    (folder / "bird/f.gif").write_bytes(b"GIF89a")
    refused(r"bird/f\.gif is not a PNG or JPEG")
    (folder / "a.png").write_bytes(b"")
    refused(r"a\.png is not in a class's folder")
    for told, path in (("is missing", tmp_path / "none"), ("is not a folder", folder / "README.md")):
        with pytest.raises(Refused, match=told):
            images.load(str(path), [3, 4])
    (tmp_path / "nothing").mkdir()
    with pytest.raises(Refused, match="holds no folders with pictures"):
        images.labels(str(tmp_path / "nothing"), [3, 4])


@pytest.mark.parametrize(
    ("kind", "name", "told"), [(b"caf\xe9", b"a.png", r"caf\xe9 has"), (b"cat", b"\xff.png", r"cat/\xff.png has")]
)
def test_a_name_in_no_encoding_is_named_by_escapes(folder, kind, name, told):
    place = os.path.join(os.fsencode(folder), kind)
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, name), "wb") as file:
        file.write((folder / "cat/a.png").read_bytes())
    for function in (images.load, images.labels):
        with pytest.raises(Refused) as error:
            function(str(folder), [3, 4])
        assert str(error.value) == f"{folder}/{told} a name that is not UTF-8, which DVC can't handle: rename it"


def test_folders_may_have_any_name_that_is_text(folder):
    for old, new in (("cat", "größe $x$ <b>"), ("dog", "two\nlines\x1b[31m")):
        (folder / old).rename(folder / new)
    assert images.load(str(folder), [3, 4]).class_names == ("größe $x$ <b>", "two\nlines\x1b[31m")
