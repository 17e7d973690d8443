"""`python -m pytest` in this folder runs all checks."""

import pytest
from checks import CHECKS, Waits, Wrong, check


@pytest.mark.parametrize("name", CHECKS)
def test(name):
    message = None
    try:
        check(name)
    except Waits as waits:
        pytest.skip(str(waits))
    except Wrong as wrong:
        message = str(wrong)
    if message:
        pytest.fail(message, pytrace=False)
