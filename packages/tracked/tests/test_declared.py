"""A dvc.yaml that can't be read is one line."""

import pytest

from tracked import declared
from tracked.errors import UserError


@pytest.mark.parametrize("content", [b"", b"\xff", b"stages: [", b"stage: {}", b"stages: 3", b"stages: {split: 3}"])
def test_a_damaged_graph_is_named(tmp_path, working_for, content):
    (tmp_path / "dvc.yaml").write_bytes(content)
    working_for(tmp_path)
    declared._graph.cache_clear()
    with pytest.raises(UserError, match=r"^dvc\.yaml can't be read"):
        declared.outputs()
