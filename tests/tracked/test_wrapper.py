"""A served model is the function that its files name, and answers a wrong row with a caller's mistake."""

import ast
import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from mlflow.exceptions import MlflowException

WRAPPER = Path(__file__).parents[2] / "src/tracked/serving/wrapper.py"
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
    (tmp_path / "served.json").write_text(json.dumps({"load": "made_up:doubling"}))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "made_up", raising=False)
    spec = spec_from_file_location("wrapper", WRAPPER)
    wrapper = module_from_spec(spec)
    spec.loader.exec_module(wrapper)
    monkeypatch.syspath_prepend(WRAPPER.parent)  # MLflow puts copies of both files there
    made = wrapper.ServedModel()
    files = {"limit": tmp_path / "limit.txt", "served": tmp_path / "served.json"}
    made.load_context(SimpleNamespace(artifacts={name: str(path) for name, path in files.items()}))
    return made


def test_it_gives_what_the_named_function_gives(model):
    np.testing.assert_array_equal(model.predict(None, np.array([[1.0, 8.0]])), [[2, 16]])


def test_what_the_function_refuses_is_answered_with_status_400(model):
    with pytest.raises(MlflowException, match="a value is above 16") as refused:
        model.predict(None, np.array([[17.0]]))
    assert refused.value.get_http_status_code() == 400


def test_it_stands_alone():
    nodes = [node for node in ast.walk(ast.parse(WRAPPER.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {getattr(node, "module", None) or alias.name for node in nodes for alias in node.names}
    roots = {name.partition(".")[0] for name in names}
    assert roots - sys.stdlib_module_names == {"mlflow", "numpy"}
