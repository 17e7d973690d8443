"""`tracked deps` tells what a stage imports and dvc.yaml does not declare."""

import pytest
import yaml

from tracked.dvc import imports

EMPTY = ""


@pytest.fixture
def tree(tmp_path):
    """Makes files of a project by name, and returns what a module of it reaches, by path."""

    def make(module, **files):
        for name, code in files.items():
            file = tmp_path / f"{name.replace('__', '/')}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(code)
        for folder in {file.parent for file in tmp_path.rglob("*.py")} - {tmp_path}:
            (folder / "__init__.py").touch()
        found = imports.reached([module], (tmp_path,))
        return {file.relative_to(tmp_path).as_posix() for file in found}

    return make


def test_what_is_imported_within_a_function_is_found(tree):
    code = "def run():\n    if True:\n        from lib import late\n        import lib.later as x\n"
    found = tree("p.stage", p__stage=code, lib__late=EMPTY, lib__later=EMPTY, lib__other=EMPTY)
    assert found == {"p/__init__.py", "p/stage.py", "lib/__init__.py", "lib/late.py", "lib/later.py"}


def test_relative_imports_and_what_packages_import_are_found(tree):
    found = tree("p.a", p__a="from . import b\nfrom .sub.c import x", p__b="from .. import nothing", p__sub__c="x = 1")
    assert found == {"p/__init__.py", "p/a.py", "p/b.py", "p/sub/__init__.py", "p/sub/c.py"}


def test_what_type_checkers_alone_import_and_what_is_no_file_of_ours_is_not(tree):
    code = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p import b\nelse:\n    import numpy, p.c\n"
    assert tree("p.a", p__a=code, p__b=EMPTY, p__c=EMPTY) == {"p/__init__.py", "p/a.py", "p/c.py"}


def test_modules_that_import_each_other_are_found_once(tree):
    assert tree("a", a="import b", b="import a") == {"a.py", "b.py"}


def test_what_lacks_is_named_with_exit_code_1_and_added_with_comments_kept(tiny):
    graph, whole = tiny.path / "dvc.yaml", "all that it imports is in deps"
    told = tiny.run("tracked", "deps", ok=False).stdout
    assert "judge: deps lack src/tinylib/__init__.py, src/tinylib/serving.py, tiny/__init__.py\n" in told

    graph.write_text(f"# What runs.\n{graph.read_text()}")
    before = yaml.safe_load(graph.read_text())["stages"]
    tiny.run("tracked", "deps", "--write")
    assert graph.read_text().startswith("# What runs.\n")
    after = yaml.safe_load(graph.read_text())["stages"]
    assert tiny.run("tracked", "deps").stdout.count(whole) == len(after)
    assert {name: {**stage, "deps": before[name]["deps"]} for name, stage in after.items()} == before
    assert all(after[name]["deps"][: len(stage["deps"])] == stage["deps"] for name, stage in before.items())

    judge = tiny.path / "tiny/judge.py"
    judge.write_text(judge.read_text() + "\n\ndef later():\n    from tiny import extra\n")
    (tiny.path / "tiny/extra.py").write_text("")
    told = tiny.run("tracked", "deps", ok=False).stdout
    assert "judge: deps lack tiny/extra.py\n" in told
    assert told.count(whole) == len(after) - 1


def test_code_that_settings_name_is_needed_too(tiny):
    (tiny.path / "tiny/extra.py").write_text("")
    params = tiny.path / "params.yaml"
    params.write_text(params.read_text() + "own: {_target_: tiny.extra.Thing}\n")
    graph = tiny.path / "dvc.yaml"
    graph.write_text(graph.read_text().replace("    - fit_fast\n", "    - fit_fast\n    - own\n"))
    told = tiny.run("tracked", "deps", ok=False).stdout.splitlines()
    assert [line.partition(":")[0] for line in told if "tiny/extra.py" in line] == ["fit_fast"]


def test_an_init_without_code_need_not_be_declared(tiny):
    (tiny.path / "tiny/__init__.py").write_text('"""The stages."""\n')
    (tiny.path / "src/tinylib/__init__.py").write_text("x = 1\n")
    told = tiny.run("tracked", "deps", ok=False).stdout
    assert "judge: deps lack src/tinylib/__init__.py, src/tinylib/serving.py\n" in told


def test_what_is_added_begins_where_the_stage_runs(tiny):
    graph = yaml.safe_load((tiny.path / "dvc.yaml").read_text())
    made = graph["stages"]["make"]
    graph["stages"]["make"] = {**made, "wdir": "tiny", "deps": ["make.py"], "outs": ["../data/train.npz"],
                               "params": [{"../params.yaml": ["seed"]}]}  # fmt: skip
    (tiny.path / "dvc.yaml").write_text(yaml.safe_dump(graph))
    (tiny.path / "tiny/extra.py").write_text("")
    (tiny.path / "tiny/make.py").write_text("from tinylib import serving\nfrom tiny import extra\n")
    tiny.run("tracked", "deps", "--write")
    after = yaml.safe_load((tiny.path / "dvc.yaml").read_text())["stages"]["make"]["deps"]
    assert {"extra.py", "../src/tinylib/serving.py"} <= {*after}
    tiny.run("tracked", "deps")
