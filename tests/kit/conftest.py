"""The folder that is handed out, made anew."""

import sys

import pytest


@pytest.fixture(scope="session")
def handed_out(tmp_path_factory):
    from kit.make import contents

    folder = tmp_path_factory.mktemp("kit") / "practical"
    for name, content in contents().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="session")
def checks(handed_out):
    """Its module checks.py."""
    sys.path.insert(0, str(handed_out))
    import checks

    yield checks
    sys.path.remove(str(handed_out))
    for name in [name for name in sys.modules if name.partition(".")[0] in ("checks", "diagnoses")]:
        del sys.modules[name]
