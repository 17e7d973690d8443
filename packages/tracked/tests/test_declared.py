"""A dvc.yaml that can't be read is one line."""

import pytest
import yaml

from tracked.dvc import declared, graph
from tracked.errors import UserError


@pytest.mark.parametrize("content", [b"", b"\xff", b"stages: [", b"stage: {}", b"stages: 3", b"stages: {split: 3}"])
def test_a_damaged_graph_is_named(tmp_path, working_for, content):
    (tmp_path / "dvc.yaml").write_bytes(content)
    working_for(tmp_path)
    with pytest.raises(UserError, match=r"^dvc\.yaml can't be read"):
        declared.outputs()


def test_the_order_is_that_of_what_stages_read_and_what_is_trained_is_known_by_its_file(tmp_path):
    last = {"deps": ["models/a.npz", "x"], "metrics": [{"m.json": {"cache": False}}]}
    stages = {"last": last, "fit": {"deps": ["x"], "outs": ["models/a.npz"]}, "first": {"outs": ["x", "y/z.npz"]}}
    compose = {"cmd": "tracked compose", "outs": ["params.yaml"]}
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": {**stages, "compose": compose}}, sort_keys=False))
    assert list(graph.before(tmp_path).items()) == [("first", ()), ("fit", ("first",)), ("last", ("fit", "first"))]
    assert graph.models(tmp_path) == {"a": "models/a.npz"}
    assert graph.trainings(tmp_path, {"a": "models/a.npz", "z": "y/z.npz"}) == {"fit": "a", "first": "z"}
    with pytest.raises(UserError, match=r"no stage of dvc.yaml has the output b\.npz"):
        graph.trainings(tmp_path, {"b": "b.npz"})


def test_no_graph_and_a_circle_are_one_line_each(tmp_path):
    with pytest.raises(UserError, match=r"dvc\.yaml is missing: it declares the stages"):
        graph.read(tmp_path)
    circle = {"a": {"deps": ["x"], "outs": ["y"]}, "b": {"deps": ["y"], "outs": ["x"]}}
    (tmp_path / "dvc.yaml").write_text(yaml.safe_dump({"stages": circle}))
    with pytest.raises(UserError, match=r"a -> b -> a is a circle|b -> a -> b is a circle"):
        graph.before(tmp_path)


def test_a_folder_gets_links_to_what_stages_read_and_no_stage_writes(tmp_path, working_for):
    root, folder = tmp_path / "project", tmp_path / "job"
    stages = {
        "split": {"deps": ["inputs/x.csv", "tiny/split.py", "src", "missing"], "outs": ["data/made"]},
        "fit": {"deps": ["data"], "params": [{"more.yaml": ["a"]}], "outs": ["model"]},
    }
    for name in ("inputs/x.csv", "data/raw/words.txt", "data/made", "tiny/split.py", "src/a.py", "more.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    working_for(root)
    folder.mkdir()
    for _ in range(2):
        declared.link_inputs(["split", "fit"], folder)
        found = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
        assert found == {"inputs/x.csv", "data/raw/words.txt", "more.yaml"}
        assert (folder / "inputs/x.csv").read_text() == "inputs/x.csv"
    declared.link_inputs(["split"], root)
    assert not (root / "inputs/x.csv").is_symlink()
