"""dvc.yaml is what DVC makes of it: DVC's own index is the reference."""

import os
import shutil

import pytest
import yaml
from dvc.dependency import ParamsDependency
from dvc.repo import Repo

from tracked.dvc import declared, graph, interpolated
from tracked.errors import UserError
from tracked.settings.settings import Settings
from tracked.sweeps import earlier

FILES = {
    "params.yaml": "seed: 1\nfit: {rate: 0.5, of: [a, b]}\ndata: {file: inputs/x.csv}\nnets: {s: {n: 1}, l: {n: 2}}\n",
    "paths.yaml": "folder: inputs\nkinds: [p, q]\n",
    "other.yaml": "a: 1\nb: {c: 2, d: [3, 4]}\nday: 2020-01-01\n",
    "other.json": '{"a": 5}',
    "other.toml": "[section]\na = 6\n",
    "sub/params.yaml": "a: 7\n",
    "inputs/x.csv": "1",
    "inputs/p.csv": "2",
    "inputs/q.csv": "3",
    "sub/y.csv": "4",
    "code.py": "",
}
ONE = "stages: {s: {cmd: c, %s}}"
SEVERAL = "stages: {s: {foreach: %s, do: {cmd: c, %s}}}"
MATRIX = """
vars: [paths.yaml]
stages:
  s:
    matrix: {kind: '${kinds}', rate: [0.1, 1]}
    cmd: c
    deps: ['inputs/${item.kind}.csv']
    outs: ['m/${key}.npz']
  t: {cmd: c, deps: [m], outs: [t]}
  u: {cmd: c, deps: [m/p-0.1.npz]}
"""
BELOW = """
stages:
  a: {cmd: c, outs: [o]}
  b: {cmd: c, deps: [o/x/y.csv], outs: [q/z]}
  c: {cmd: c, deps: [q]}
"""
GRAPHS = {
    "plain": ONE % "deps: [code.py, inputs], outs: [o/, {p: {cache: false}}], params: [seed, fit.rate]",
    "names": "stages: {no: {cmd: c, deps: [code.py], outs: [on], params: [off]}, yes: {cmd: c, deps: [on]}}",
    "merged": "stages:\n  a: &a {cmd: c, deps: [code.py]}\n  b: {<<: *a, outs: [o]}\n",
    "escaped": ONE % r'deps: [code.py, "\\${x}"]',
    "settings": ONE % 'deps: ["${data.file}"], outs: ["models/${fit.rate}.npz"]',
    "vars here": "vars: [{file: inputs/x.csv, key: fit}]\n" + ONE % 'deps: ["${file}"], params: ["${key}"], outs: [o]',
    "vars of a file": "vars: [paths.yaml]\n" + ONE % 'deps: ["${folder}/x.csv"]',
    "some vars of a file": "vars: [{x: 1}, paths.yaml:folder]\n" + ONE % 'deps: ["${folder}/x.csv"]',
    "vars of a stage": ONE % 'vars: [{n: x}, paths.yaml], deps: ["${folder}/${n}.csv"]',
    "params.yaml by name": ONE % "params: [{params.yaml: [fit.rate, seed]}, data]",
    "params.yaml as a whole": ONE % "params: [seed, {params.yaml: }]",
    "other params": ONE % "params: [{other.yaml: [a, b.c]}, {other.yaml: [day]}, {other.json: [a]}, {other.toml: }]",
    "other params, some not there": ONE % "params: [{other.yaml: [a, none]}, {none.yaml: [a]}]",
    "foreach of a list": SEVERAL % ("[p, q]", "deps: ['inputs/${item}.csv'], outs: ['${item}']"),
    "foreach of settings": SEVERAL % ("'${fit.of}'", "outs: ['o/${item}']"),
    "foreach of a section": SEVERAL % ("'${nets}'", "params: ['nets.${key}'], outs: ['o${item.n}']"),
    "foreach of sections": SEVERAL % ("[{n: 1}, {n: 2}]", "outs: ['o${item.n}']"),
    "matrix": MATRIX,
    "run in a folder": ONE
    % "wdir: sub, deps: [y.csv, ../code.py], outs: [o/a, ../p], params: [a, {../params.yaml: [seed]}]",
    "run in a folder of vars": "vars: [{w: sub}]\n" + ONE % "wdir: '${w}', vars: [params.yaml:a], outs: ['o${a}']",
    "below an output": BELOW,
    "made params": "stages: {a: {cmd: c, outs: [{m.yaml: {cache: false}}]}, b: {cmd: c, params: [{m.yaml: [x]}]}}",
}


@pytest.fixture
def folder(tmp_path, working_for):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    working_for(tmp_path)
    return tmp_path


@pytest.mark.filterwarnings("ignore:_NoneStep:DeprecationWarning")
@pytest.mark.parametrize("text", GRAPHS.values(), ids=GRAPHS.keys())
def test_what_is_declared_is_what_dvc_finds(text, folder):
    (folder / "dvc.yaml").write_text(text)
    index = Repo.init(str(folder), no_scm=True).index

    def path(file):
        return os.path.relpath(file.fs_path, folder)

    stages = {stage.name: stage for stage in index.stages}
    found = graph.read(folder)
    assert found.keys() == stages.keys()
    for name, stage in stages.items():
        params = [dep for dep in stage.deps if isinstance(dep, ParamsDependency)]
        deps = [dep for dep in stage.deps if dep not in params]
        assert folder / found[name].wdir == folder / os.path.relpath(stage.wdir, folder)
        assert list(found[name].deps) == [path(dep) for dep in deps]
        assert {out: said.get("cache", True) for out, said in found[name].outs.items()} == {
            path(out): out.use_cache for out in stage.outs
        }
        assert {file: list(keys) for file, keys in found[name].params.items()} == {
            path(dep): dep.params for dep in params
        }
        own = next((dep for dep in params if path(dep) == "params.yaml"), None)
        read = own and (own.params or own.read_params())
        assert declared.sections([name]) == {key.partition(".")[0] for key in read or ()}
        files = {(path(dep), dep.get_hash().value) for dep in deps if dep.exists and not dep.isdir()}
        assert files <= declared.hashes([name]).items()
        values = {f"{key} in {path(dep)}" for dep in params if dep is not own for key in dep.read_params()}
        assert values == {what for what in declared.hashes([name]) if " in " in what}
    edges = {name: {after.name for after in index.graph.successors(stage)} for name, stage in stages.items()}
    assert {name: set(others) for name, others in graph.before(folder).items()} == edges


def test_a_value_in_another_file_of_params_is_code_and_the_rest_of_the_file_is_not(folder):
    (folder / "dvc.yaml").write_text(ONE % "params: [{other.yaml: [a, b.d]}, {other.toml: }]")
    before = declared.code(["s"])
    (folder / "other.yaml").write_text("# said\na: 1\nb: {c: 9, d: [3, 4]}\n")
    assert declared.code(["s"]) == before
    (folder / "other.yaml").write_text("a: 1\nb: {c: 2, d: [3, 5]}\n")
    assert declared.code(["s"]) != before


def test_what_a_stage_makes_is_not_code_of_the_next(folder):
    text = "stages: {a: {cmd: c, outs: [o, m.yaml]}, b: {cmd: c, deps: [o/x.csv, code.py], params: [{m.yaml: [x]}]}}"
    (folder / "dvc.yaml").write_text(text)
    before = declared.code(["b"])
    (folder / "o").mkdir()
    (folder / "o/x.csv").write_text("1")
    (folder / "m.yaml").write_text("x: 1")
    assert declared.code(["b"]) == before
    assert declared.hashes(["b"]).keys() == {"o/x.csv", "code.py", "x in m.yaml"}
    assert declared.inputs("b") == {"o": "a", "m.yaml": "a"}
    (folder / "code.py").write_text("1")
    assert declared.code(["b"]) != before


def test_a_section_that_is_not_composed_does_not_stop_a_sweep(folder, monkeypatch):
    (folder / "dvc.yaml").write_text("stages: {a: {cmd: c, params: [only], outs: [o]}, b: {cmd: c, deps: [o]}}")
    monkeypatch.setattr(declared, "read", lambda _: {})
    one, alike, other = (earlier.shelf("b", Settings(plain)) for plain in ({"seed": 1}, {"seed": 2}, {"only": 1}))
    assert one == alike != other


@pytest.mark.parametrize("text", [
    "stages: {s: {cmd: c, deps: ['${none}']}}",
    "vars: [none.yaml]\nstages: {s: {cmd: c, deps: ['${none}']}}",
    "stages: {s: {foreach: 3, do: {cmd: c}}}",
    "stages: {s: {foreach: [1], cmd: c}}",
    "stages: {s: {matrix: [1], cmd: c}}",
    "stages: {s: {cmd: c, deps: ['${nets}']}}",
    "stages: {s: {cmd: c, deps: ['${']}}\nvars: 3",
])  # fmt: skip
def test_what_dvc_refuses_is_one_line(text, folder):
    (folder / "dvc.yaml").write_text(text)
    with pytest.raises(UserError, match=r"^dvc\.yaml.*"):
        graph.read(folder)


@pytest.mark.parametrize("stage", [
    "{cmd: c, deps: ['${data.file}']}",
    "{cmd: 'c ${data.file}'}",
    "{foreach: ['${data.file}'], do: {cmd: c}}",
    "{matrix: {of: ['${data.file}']}, cmd: c}",
])  # fmt: skip
def test_what_compose_writes_can_not_be_in_the_graph(stage, folder):
    compose = "compose: {cmd: tracked compose, outs: [params.yaml: {cache: false}]}"
    (folder / "dvc.yaml").write_text(f"stages: {{{compose}, s: {stage}}}")
    with pytest.raises(UserError, match=r"^dvc\.yaml: \$\{data\.file\} is taken from params\.yaml, which the stage co"):
        graph.read(folder)
    (folder / "dvc.yaml").write_text(f"stages: {{{compose}, s: {stage}}}".replace("data.file", "seen"))
    (folder / "dvc.yaml").write_text("vars: [{seen: x}]\n" + (folder / "dvc.yaml").read_text())
    graph._loaded.cache_clear()
    assert len(graph.read(folder)) == 2


def test_settings_that_the_graph_is_made_of_stay_as_they_are(folder):
    from omegaconf import OmegaConf

    (folder / "conf/data").mkdir(parents=True)
    (folder / "conf/data/x.yaml").write_text("kind: q\n")
    text = (
        "stages: {s: {foreach: '${nets}', do: {cmd: c, deps: ['${data.file}', '${kind}']}}}\nvars: [conf/data/x.yaml]"
    )
    (folder / "dvc.yaml").write_text(text)
    settings = OmegaConf.create({**yaml.safe_load(FILES["params.yaml"]), "conf": 1})
    interpolated.refuse(settings)
    for key, value in {"data.file": "z", "nets.s.n": 3, "data.kind": "p"}.items():
        changed = OmegaConf.merge(settings, OmegaConf.from_dotlist([f"{key}={value}"]))
        with pytest.raises(UserError, match=r"is not what dvc\.yaml has taken from"):
            interpolated.refuse(changed)
    interpolated.refuse_swept(["seed", "fit.rate", "data.other"])
    for key in ("data.file", "data", "nets.s", "data.kind"):
        with pytest.raises(UserError, match=f"^{key} can't be swept: dvc.yaml takes"):
            interpolated.refuse_swept([key])


GROUP = """
vars: [{source: inputs/x.csv}, paths.yaml]
stages:
  make: {cmd: tracked run make, deps: [tiny/make.py, "${source}"], params: [seed], outs: [data/train.npz]}
  fit_any:
    foreach: ${kinds}
    do:
      cmd: tracked run fit_any
      deps: [data, tiny/fit_any.py, "inputs/${item}.csv"]
      params: [{params.yaml: [fit_fast]}]
      outs: ["models/${item}.npz", "reports/fit_${item}/curves.csv"]
  fit_fast:
    wdir: tiny
    cmd: tracked run fit_fast
    deps: [fit_fast.py, ../data/train.npz]
    params: [{../params.yaml: [fit_fast]}]
    outs: [../models/fast.npz, ../reports/fit_fast/curves.csv]
  count: {cmd: tracked run count, deps: [tiny/count.py, models], outs: [count.txt]}
"""
ANY = """
from tiny.fitting import fit, trained

def run(settings, folder, report, key):
    fit(key, settings.fit_fast, folder, report)
    return outcome(settings, folder, key)

def outcome(settings, folder, key):
    return trained(key, folder, {})
"""
COUNT = """
from tracked import Outcome

def run(settings, folder, report):
    (folder / "count.txt").write_text(" ".join(sorted(file.name for file in folder.glob("models/*.npz"))))
    return outcome(settings, folder)

def outcome(settings, folder):
    return Outcome(metrics={"n": len((folder / "count.txt").read_text().split())})
"""


@pytest.fixture
def groups(tiny):
    """The tiny project with a graph that uses all that DVC resolves."""
    for name, text in FILES.items():
        if name.startswith(("inputs/", "paths")):
            (tiny.path / name).parent.mkdir(exist_ok=True)
            (tiny.path / name).write_text(text)
    for name, text in {"dvc.yaml": GROUP, "tiny/fit_any.py": ANY, "tiny/count.py": COUNT}.items():
        (tiny.path / name).write_text(text)
    return tiny


@pytest.mark.long
def test_without_compose_and_conf_all_stages_run_under_dvc_once_and_their_inputs_are_checked(groups):
    shutil.rmtree(groups.path / "conf")
    groups.run("dvc", "init", "-q")
    groups.run("dvc", "repro")
    assert (groups.path / "count.txt").read_text() == "fast.npz p.npz q.npz"
    stages = {"make", "fit_any@p", "fit_any@q", "fit_fast", "count"}
    assert {run["tags"]["stage"] for run in groups.runs() if "stage" in run["tags"]} == stages
    assert {run["tags"].get("model") for run in groups.runs()} == {"p", "q", "fast", None}
    (groups.path / "mlflow.db").unlink()
    assert "logging make, fit_any@p, fit_any@q, fit_fast, count ..." in groups.run("tracked", "sync").stderr
    assert {run["tags"]["stage"] for run in groups.runs() if "stage" in run["tags"]} == stages
    again = groups.run("dvc", "repro").stdout
    assert "Running" not in again
    (groups.path / "inputs/q.csv").write_text("9")
    changed = groups.run("dvc", "repro").stdout
    assert [line for line in changed.splitlines() if "Running" in line] == ["Running stage 'fit_any@q':"]
    (groups.path / "models/p.npz").unlink()
    (groups.path / "models/p.npz").write_bytes(b"")
    told = groups.run("tracked", "run", "count", DVC_STAGE="count", ok=False).stderr
    assert "error: models/p.npz is damaged, or not what fit_any@p made last" in told


@pytest.mark.long
def test_jobs_run_again_when_a_file_changes_that_vars_name_and_else_are_skipped(groups):
    for stage in ("fit_fast", "fit_any@p"):
        sweep = ("tracked", "run", stage, "-m", "fit_fast.rate=0.1,0.05")
        assert "2 done, 0 running, 0 skipped, 0 failed" in groups.run(*sweep).stdout
        assert "0 done, 0 running, 2 skipped, 0 failed" in groups.run(*sweep).stdout
        (groups.path / "inputs/x.csv").write_text(stage)
        assert "2 done, 0 running, 0 skipped, 0 failed" in groups.run(*sweep).stdout
    (groups.path / "inputs/q.csv").write_text("9")  # of another stage
    assert "0 done, 0 running, 2 skipped, 0 failed" in groups.run(*sweep).stdout
    groups.run("tracked", "run", "count")
    assert (groups.path / "outputs/run/count.txt").read_text() == "fast.npz p.npz q.npz"


def test_a_stage_is_named_with_its_key_and_what_the_graph_is_made_of_is_not_swept(groups):
    told = groups.run("tracked", "run", "fit_any", ok=False).stderr
    assert told == "error: fit_any is not a stage: dvc.yaml has make, fit_any@p, fit_any@q, fit_fast, count\n"
    (groups.path / "dvc.yaml").write_text(GROUP.replace("deps: [fit_fast.py", "deps: ['../${seed}', fit_fast.py"))
    swept = groups.run("tracked", "run", "fit_fast", "-m", "seed=1,2", ok=False).stderr
    taken = "dvc.yaml takes seed from params.yaml, and has other stages for another value"
    assert swept == f"error: seed can't be swept: {taken}\n"
    other = groups.run("tracked", "run", "fit_fast", "seed=1", ok=False).stderr
    assert other == (
        "error: seed=1 is not what dvc.yaml has taken from params.yaml for its stages, seed=0: change it there\n"
    )
