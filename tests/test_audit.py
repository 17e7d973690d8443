"""`make audit` takes no package that was not looked up for a good one."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

GOOD = {"name": "a", "version": "1", "vulns": []}
LOST = {"name": "b", "skip_reason": "Dependency not found"}
BAD = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}


@pytest.mark.parametrize(
    ("packages", "code", "lines"),
    [
        ([GOOD], 0, ["audit: 1 packages, none known to be vulnerable"]),
        ([GOOD, BAD], 1, ["audit: c 2: PYSEC-1, fixed in 3"]),
        ([GOOD, LOST], 2, ["audit: 1 of 2 packages could not be looked up (b): the database can't be reached, or does "
                           "not know them"]),
    ],
)  # fmt: skip
def test_the_exit_code_says_what_was_found(capsys, packages, code, lines):
    spec = spec_from_file_location("audit", Path(__file__).parents[1] / ".ci/audit.py")
    audit = module_from_spec(spec)
    spec.loader.exec_module(audit)
    assert audit.told(packages) == code
    assert capsys.readouterr().out.splitlines() == lines
