"""The module digitrack.data.sources.csv."""

import gzip

import numpy as np
import pytest

from digitrack import Refused
from digitrack.data.sources import csv

GOOD = "length,width,kind\n1,2.5,None\n3,4,NA\n5,6,NA\n7,8,None\n"


@pytest.fixture
def file(tmp_path):
    """Writes a file; its path."""

    def write(content, name="flowers.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def test_a_column_are_the_classes_all_others_the_features(file):
    found = csv.load(file(GOOD), "kind")
    np.testing.assert_array_equal(found.x, [[1, 2.5], [3, 4], [5, 6], [7, 8]])
    np.testing.assert_array_equal(found.y, [1, 0, 0, 1])
    assert found.class_names == ("NA", "None")  # texts, though pandas takes them for missing values
    assert found.feature_names == ("length", "width")
    y, names = csv.labels(file(GOOD), "kind")
    np.testing.assert_array_equal(y, found.y)
    assert names == found.class_names


@pytest.mark.parametrize(
    ("content", "name", "how"),
    [
        ("\ufeff" + GOOD, "bom.csv", {}),
        (GOOD.replace("\n", "\r\n") + "\r\n", "windows.csv", {}),
        (gzip.compress(GOOD.encode()), "small.csv.gz", {}),
        (GOOD.replace(",", ";"), "semicolons.csv", {}),
        (GOOD.replace(",", "\t"), "tabs.csv", {"separator": "\t"}),
        (GOOD.replace("NA", '"NA"'), "quotes.csv", {}),
        ("kind,length,width\nNone,1,2.5\nNA,3,4\nNA,5,6\nNone,7,8", "first.csv", {}),
    ],
    ids=lambda value: value if isinstance(value, str) and value.endswith("csv") else "",
)
def test_files_of_many_programs_say_the_same(file, content, name, how):
    path = file(content, name)
    found = csv.load(path, "kind", **how)
    np.testing.assert_array_equal(found.x, [[1, 2.5], [3, 4], [5, 6], [7, 8]])
    np.testing.assert_array_equal(found.y, [1, 0, 0, 1])
    np.testing.assert_array_equal(csv.labels(path, "kind", **how)[0], found.y)


def test_whole_numbers_stay_whole_and_numbers_as_classes_are_in_their_order(file):
    found = csv.load(file("y,a,b\n10,1,0\n9,2,255\n10,3,0\n9,4,1\n"), "y")
    assert found.x.dtype == np.int64
    assert found.class_names == ("9", "10")


def test_a_row_of_pixels_becomes_an_image(file):
    found = csv.load(file("y,a,b,c,d\n0,1,2,3,4\n1,5,6,7,8\n0,1,2,3,4\n1,5,6,7,8\n"), "y", shape=[2, 2])
    np.testing.assert_array_equal(found.x[1], [[5, 6], [7, 8]])
    assert found.feature_names == ("a", "b", "c", "d")
    with pytest.raises(Refused, match=r"shape=\[2, 3\] needs 6 numbers per row, but there are 4"):
        csv.load(file("y,a,b,c,d\n0,1,2,3,4\n1,5,6,7,8\n0,1,2,3,4\n1,5,6,7,8\n"), "y", shape=[2, 3])


IN_BOTH = [
    (b"", "is empty"),
    (b"\n\n", "is empty"),
    (b"a,kind\n", "no rows below the header"),
    (b"a,b\n1,2\n", "no column 'kind': the header has a, b"),
    (b"a;sort\n1;x\n", "no column 'kind': the header has a, sort"),
    (b"kind,a,a\nx,1,2\n", "two columns are called 'a'"),
    (b"\x89PNG\r\n\x1a\n\0\0", "not text in UTF-8"),
    ("größe,kind\n1,x\n".encode("latin-1"), "not text in UTF-8: save it as CSV in UTF-8"),
    (b",a,kind\n0,1,x\n1,2,y\n", "column 1 has no name: give it one, or, if it only numbers the rows, delete it"),
    (b'a,kind\n1,"x\n2,y\n', "not a CSV file"),
    (b"a,kind\n1,x\n2,\n3,x\n", "label of row 2 is missing"),
    (b"a,kind\n1,x\n2,x\n", "only one class, x"),
    (b"a,kind\n1,x\n2,x\n3,y\n", "class y has only one sample, row 3"),
]
IN_FEATURES = [
    (b"a,kind\n1,x,5\n2,x,6\n3,y,7\n4,y,8\n", "not a CSV file"),
    (b"a,kind\n1,x\n2,x\n3,y\n4,y,8\n", "not a CSV file"),
    (b"a,kind\n1,x\n,x\n3,y\n4,y\n", "column a, row 2 is empty: features must be numbers"),
    (b"a,b,kind\n1,2,x\n1,x\n3,4,y\n4,4,y\n", "label of row 2 is missing"),
    (b"a,kind\n1,x\nNA,x\n3,y\n4,y\n", "column a, row 2 is 'NA', which is not a finite number"),
    (b"a,kind\n1,x\nnan,x\n3,y\n4,y\n", "column a, row 2"),
    (b"a,kind\n1,x\ninf,x\n3,y\n4,y\n", "column a, row 2 is 'inf'"),
    (b'a,kind\n1,x\n"1,5",x\n3,y\n4,y\n', "column a, row 2 is '1,5', which is not a finite number (decimals"),
    (b"a,kind\n1,x\n2,x,3\n3,y\n4,y\n", "not a CSV file: line 3 has 3 cells, but the lines above it have 2"),
    (b"kind\nx\nx\ny\ny\n", "no column besides the target's"),
]


@pytest.mark.parametrize(("content", "told"), IN_BOTH + IN_FEATURES, ids=str)
def test_a_file_that_is_no_table_of_numbers_is_named(file, content, told):
    path = file(content)
    for function in (csv.load, csv.labels) if (content, told) in IN_BOTH else (csv.load,):
        with pytest.raises(Refused) as error:
            function(path, "kind")
        line = str(error.value)
        assert line.startswith(f"{path}: ")
        assert told in line
        assert len(line.splitlines()) == 1


def test_columns_can_be_left_out(file):
    path = file("id,a,kind,day\n9,1,x,mon\n8,2,y,tue\n7,3,x,wed\n6,4,y,thu\n")
    found = csv.load(path, "kind", drop=["id", "day"])
    np.testing.assert_array_equal(found.x, [[1], [2], [3], [4]])
    assert found.feature_names == ("a",)
    for drop, told in (
        (["ids"], "no column 'ids': the header has id, a, kind, day"),
        (["kind"], "'kind' has the classes"),
    ):
        for function in (csv.load, csv.labels):
            with pytest.raises(Refused, match=told):
                function(path, "kind", drop=drop)


def test_a_missing_file_is_named(tmp_path):
    for path, told in (
        (tmp_path / "none.csv", "is missing"),
        (tmp_path, "is a folder"),
        ("/dev/zero", "is not a file"),
    ):
        for function in (csv.load, csv.labels):
            with pytest.raises(Refused, match=told):
                function(str(path), "kind")


def test_an_address_is_no_file():
    with pytest.raises(Refused, match="is missing"):
        csv.load("http://localhost:9/a.csv", "kind")
