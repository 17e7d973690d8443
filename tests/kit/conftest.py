"""Both folders of the practical, made anew."""

import sys

import pytest


@pytest.fixture(scope="session")
def handed_out(tmp_path_factory):
    from kit.make import main

    folder = tmp_path_factory.mktemp("kit") / "practical"
    main(folder)
    return folder


@pytest.fixture(scope="session")
def checks(handed_out):
    """Its module checks.py."""
    sys.path.insert(0, str(handed_out / "students"))
    import checks

    yield checks
    sys.path.remove(str(handed_out / "students"))
    for name in [name for name in sys.modules if name.partition(".")[0] in ("checks", "diagnoses")]:
        del sys.modules[name]
