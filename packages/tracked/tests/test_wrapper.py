"""A served model is the function that its files name, and answers a wrong row with a caller's mistake."""

import ast
import json
import math
import re
import sys
from collections import namedtuple
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from tracked.runs import wrapper

WRAPPER = Path(__file__).parents[1] / "src/tracked/runs/wrapper.py"
DOUBLING = """
def doubling(files):
    limit = float(files["limit"].read_text())
    def outputs(rows):
        if (rows > limit).any():
            raise ValueError(f"a value is above {limit:g}")
        return 2 * rows
    return outputs
"""


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A model made of the function `doubling` in a module of its own, and a file."""
    (tmp_path / "made_up.py").write_text(DOUBLING)
    (tmp_path / "limit.txt").write_text("16")
    (tmp_path / "served.json").write_text(
        json.dumps({"load": "made_up:doubling", "n_features": 2, "columns": ["a", "b"], "kinds": ["number"] * 2})
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "made_up", raising=False)
    spec = spec_from_file_location("wrapper", WRAPPER)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.syspath_prepend(WRAPPER.parent)  # MLflow puts copies of both files there
    made = module.ServedModel()
    files = {"limit": tmp_path / "limit.txt", "served": tmp_path / "served.json"}
    made.load_context(SimpleNamespace(artifacts={name: str(path) for name, path in files.items()}))
    return made


def test_it_gives_what_the_named_function_gives(model):
    np.testing.assert_array_equal(model.predict(None, np.array([[1.0, 8.0]])), [[2, 16]])


def test_what_the_function_refuses_is_answered_with_status_400(model):
    with pytest.raises(MlflowException, match="a value is above 16") as refused:
        model.predict(None, np.array([[17.0, 1.0]]))
    assert refused.value.get_http_status_code() == 400


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "uint16", "int32", "int64", "uint64", "float16", "float32"])
def test_numbers_of_any_type_are_taken(model, kind):
    given = np.array([[1, 8], [2, 3]], kind)
    for rows in (given, given.tolist(), list(given), tuple(map(tuple, given)), pd.DataFrame(given)):
        found = model.predict(None, rows)
        assert found.dtype == float
        np.testing.assert_array_equal(found, [[2, 16], [4, 6]])


def test_one_row_alone_is_taken_as_rows_of_one(model):
    for row in ([1, 8], [1.0, 8.0], (1, 8), np.array([1, 8]), pd.Series([1, 8])):
        np.testing.assert_array_equal(model.predict(None, row), [[2, 16]])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([[1, 2, 3]], "rows must be (n, 2), not (1, 3)"),
        ([1], "rows must be (n, 2), not (1, 1)"),
        ([], "rows must be (n, 2), not (1, 0)"),
        (3, "rows must be (n, 2), not ()"),
        ([[[1, 2]]], "rows must be (n, 2), not (1, 1, 2)"),
        ([[1, 2], [1]], "rows must be of one length, 2"),
        ([["1", "2"]], "rows must be numbers, not <U1"),
        ([[True, False]], "rows must be numbers, not bool"),
        ([[1, None]], "rows must be numbers, not object"),
        ([[1, 2j]], "rows must be numbers, not complex128"),
        ({"a": [1, 2]}, "columns must be a, b: no b"),
    ],
)
def test_what_are_no_rows_is_one_line_that_a_server_leaves_as_it_is(model, given, told):
    with pytest.raises(MlflowException) as refused:
        model.predict(None, given)
    refused.value.message = f"Failed to predict data '{given}'. \nError: {refused.value.message}"  # as MLflow's does
    answer = json.loads(refused.value.serialize_as_json())
    assert (answer["error_code"], answer["message"]) == ("INVALID_PARAMETER_VALUE", told)


def test_it_stands_alone():
    nodes = [node for node in ast.walk(ast.parse(WRAPPER.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or alias.name for node in nodes for alias in node.names}
    roots = {name.partition(".")[0] for name in names}
    assert roots - sys.stdlib_module_names == {"mlflow", "numpy", "pandas"}


def test_one_row_with_names_is_taken_by_them_or_refused(model):
    row = pd.Series({"b": 8.0, "a": 1.0})
    named = namedtuple("Row", "b a")(8.0, 1.0)
    for given in (row, named):
        np.testing.assert_array_equal(model.predict(None, given), [[2, 16]])
        np.testing.assert_array_equal(model.predict(None, [given, given]), [[2, 16]] * 2)
    with pytest.raises(MlflowException, match=r"^columns must be a, b: no a, c$"):
        model.predict(None, row.rename({"a": "c"}))
    model.served["columns"] = None
    with pytest.raises(MlflowException, match="the features have no names"):
        model.predict(None, [row])


def test_columns_are_taken_by_their_names_or_refused(model):
    rows = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    np.testing.assert_array_equal(model.predict(None, rows), [[2, 6], [4, 8]])
    np.testing.assert_array_equal(model.predict(None, rows[["b", "a"]]), [[2, 6], [4, 8]])
    np.testing.assert_array_equal(model.predict(None, pd.DataFrame(rows.to_numpy())), [[2, 6], [4, 8]])
    for wrong, told in (
        (rows.rename(columns={"a": "c"}), "columns must be a, b: no a, c"),
        (rows.assign(c=0.0), "columns must be a, b: c"),
        (rows[["a"]], "columns must be a, b: no b"),
        (rows[["a", "b", "b"]], "columns must be a, b: a name stands twice"),
    ):
        with pytest.raises(MlflowException, match=f"^{told}"):
            model.predict(None, wrong)
    model.served |= {"columns": None, "kinds": None}
    with pytest.raises(MlflowException, match="the features have no names"):
        model.predict(None, rows)


PEOPLE = {"n_features": 3, "columns": ["age", "city", "member"], "kinds": ["number", "text", "bool"]}


@pytest.mark.parametrize(
    "given",
    [
        pd.DataFrame({"member": [True, False], "city": ["Bern", None], "age": [30, 40.5]}),
        {"city": ["Bern", None], "age": [30, 40.5], "member": [True, False]},
        [[30, "Bern", True], [40.5, None, False]],
        np.array([[30, "Bern", True], [40.5, np.nan, False]], object),
    ],
    ids=["DataFrame", "request", "rows", "array"],
)
def test_a_table_with_text_is_a_dataframe_with_the_columns_of_the_example(given):
    found = wrapper.taken(given, PEOPLE)
    assert list(found.columns) == PEOPLE["columns"]
    assert found["age"].tolist() == [30.0, 40.5]
    assert found["city"].tolist()[0] == "Bern"
    assert math.isnan(found["city"].tolist()[1])  # as pandas reads a missing cell of a file
    assert found["member"].dtype == bool


def test_one_row_of_a_table_and_missing_numbers_are_taken():
    assert wrapper.taken([30, "Bern", True], PEOPLE).shape == (1, 3)
    found = wrapper.taken({"b": [None], "a": [1]}, {**NUMBERS, "n_features": 2})
    np.testing.assert_array_equal(found, [[1, np.nan]])


NUMBERS = {"columns": ["a", "b"], "kinds": ["number", "number"]}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([["30", "Bern", True]], "column age must be number: there is '30'"),
        ([[True, "Bern", True]], "column age must be number: there is True"),
        ([[30, 3, True]], "column city must be text: there is 3"),
        ([[30, "Bern", 1]], "column member must be bool: there is 1"),
        ([[30, "Bern"]], "rows must be of 3 cells: age, city, member"),
        ([30, "Bern"], "rows must be of 3 cells: age, city, member"),
        ("Bern", "rows must be of 3 cells: age, city, member"),
        ([], "rows must be of 3 cells: age, city, member"),
        ({"age": [30], "town": ["Bern"], "member": [True]}, "columns must be age, city, member: no city, town"),
        ({"age": [30], "city": [], "member": [True]}, "columns must be of one length"),
        (np.array([["30", "Bern"]]), "text and numbers in rows without names: send dataframe_split or"),
    ],
)
def test_what_is_no_table_is_refused_by_the_column(given, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        wrapper.taken(given, PEOPLE)


def test_a_file_is_bytes_or_base64():
    file = {"n_features": None, "columns": None, "kinds": None}
    assert wrapper.taken(b"abc", file) == wrapper.taken("YWJj", file) == b"abc"
    for wrong in ("a-b", [[1]], "YWJ"):
        with pytest.raises(ValueError, match="content of one file in base64"):
            wrapper.taken(wrong, file)
