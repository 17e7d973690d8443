"""What tests of the project share with its measurements: a real browser, and served models."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(scope="session")
def browser() -> ModuleType:
    """bench/browser.py."""
    pytest.importorskip("playwright")
    return bench("browser")


@pytest.fixture(scope="session")
def model_server() -> ModuleType:
    """bench/model_server.py."""
    return bench("model_server")


def bench(name: str) -> ModuleType:
    """A module of bench/, which is no package."""
    spec = spec_from_file_location(f"bench_{name}", BENCH / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
