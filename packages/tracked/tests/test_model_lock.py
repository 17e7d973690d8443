"""A model runs only if this project has registered it, or this machine has logged it; others run when told to."""

import json
import pickle
import re
import shutil
import subprocess

import pytest
import yaml

from tracked.errors import UserError
from tracked.runs import model_lock

URI = "models:/lines@champion"
MLMODEL = {
    "run_id": "1",
    "model_id": "m-1",
    "utc_time_created": "2026-01-01",
    "mlflow_version": "3.17.2",
    "flavors": {
        "python_function": {
            "loader_module": "mlflow.pyfunc.loaders.code_model",
            "model_code_path": "/home/ann/wrapper.py",
            "python_version": "3.11.7",
            "artifacts": {"net": {"path": "artifacts/net.npz", "uri": "/home/ann/net.npz"}},
        }
    },
}
PLANTED = "open({ran!r}, 'w').close()\n"


def mlmodel(**changes):
    told = json.loads(json.dumps(MLMODEL))
    told["flavors"]["python_function"] |= changes.pop("flavor", {})
    return yaml.safe_dump(told | changes)


def written(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def model(tmp_path, working_for):
    """A model that this machine has logged, and the project has registered."""
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    working_for(tmp_path)
    files = {"MLmodel": mlmodel(), "wrapper.py": "a", "code/lib/a.py": "a", "artifacts/net.npz": "1"}
    made = written(tmp_path / "model", files)
    model_lock.record("m-1", made)
    return made


def known(tmp_path):
    return (tmp_path / "models.lock").read_text()


def test_a_registered_model_stands_in_the_lock_once_file_by_file(model, tmp_path):
    model_lock.add("m-1", "slow", "abc")
    head, *lines = known(tmp_path).splitlines()
    assert head.startswith("#")
    named = [line.split("  ", 1)[1] for line in lines]
    assert named == ["MLmodel", "[slow abc]", "artifacts/net.npz", "code/lib/a.py", "wrapper.py"]
    assert model_lock.has("abc")
    assert not model_lock.has("bc")
    model_lock.add("m-1", "slow", "abc")
    assert known(tmp_path) == "\n".join([head, *lines, ""])
    (model / "artifacts/net.npz").write_text("2")
    model_lock.record("m-2", model)
    model_lock.add("m-2", "slow", "def")
    assert len(known(tmp_path).splitlines()) == len(lines) + 3  # its net, the model, and what is above


def test_what_this_machine_has_not_logged_gets_into_no_lock(model, tmp_path):
    model_lock.add("m-2", "slow", "abc")
    model_lock.add("*", "slow", "abc")
    assert not (tmp_path / "models.lock").exists()


def test_a_model_runs_by_the_lock_alone_and_by_the_record_alone(model, tmp_path):
    model_lock.check(model, URI)
    model_lock.add("m-1", "slow", "abc")
    shutil.rmtree(tmp_path / ".dvc")
    model_lock.check(model, URI)
    (tmp_path / "models.lock").unlink()
    with pytest.raises(UserError, match=f"^{URI} does not run: there is no models.lock"):
        model_lock.check(model, URI)


def test_when_and_where_it_was_logged_makes_no_other_model(model):
    flavor = {"model_code_path": "C/wrapper.py", "python_version": "3.12.1", "cloudpickle_version": "3"}
    flavor |= {"artifacts": {"net": {"path": "artifacts/net.npz", "uri": "elsewhere"}}}
    written(model, {"MLmodel": mlmodel(run_id="2", model_id="m-2", utc_time_created="2027", flavor=flavor)})
    unread = {"conda.yaml": "a", "python_env.yaml": "a", "code/lib/__pycache__/a.pyc": "", "registered_model_meta": ""}
    model_lock.check(written(model, unread), URI)
    model_lock.remove_unread(model)
    left = {path.relative_to(model).as_posix() for path in model.rglob("*") if path.is_file()}
    assert left == {"MLmodel", "wrapper.py", "code/lib/a.py", "artifacts/net.npz"}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"code/lib/a.py": "b"}, "code/lib/a.py"),
        ({"code/b.py": ""}, "code/b.py"),
        ({"code/lib/a/__init__.py": ""}, "code/lib/a/__init__.py"),
        ({"artifacts/net.npz": "2"}, "artifacts/net.npz"),
        ({"requirements.txt": "-r elsewhere"}, "requirements.txt"),
        ({"below/conda.yaml": ""}, "below/conda.yaml"),
        ({"MLmodel": mlmodel(flavor={"loader_module": "evil"})}, "MLmodel"),
        ({"MLmodel": mlmodel(flavor={"model_code_path": "/home/ann/other.py"})}, "MLmodel"),
        ({"MLmodel": mlmodel(flavor={"python_model": "a.pkl"}), "a.pkl": ""}, "MLmodel, a.pkl"),
        ({"MLmodel": mlmodel(flavor={"artifacts": {"net": {"path": "../net.npz"}}})}, "MLmodel"),
        ({"MLmodel": mlmodel(flavor={"artifacts": 3})}, "MLmodel"),
        ({"MLmodel": mlmodel(flavors=None)}, "MLmodel"),
        ({"MLmodel": mlmodel(later="of MLflow")}, "MLmodel"),
        ({"MLmodel": ": ["}, "MLmodel"),
        ({f"code/{n}.py": "" for n in range(5)}, "code/0.py, code/1.py, code/2.py and 2 more"),
        ({"code/a\n# models.lock.py": ""}, "code/a # models.lock.py"),
    ],
)
def test_any_other_file_is_refused_by_name(model, files, told):
    model_lock.add("m-1", "slow", "abc")
    written(model, files)
    with pytest.raises(UserError) as refused:
        model_lock.check(model, URI)
    assert f"has not registered it: {told} as in no model of models.lock; `git pull`" in str(refused.value)
    assert "--trust runs it all the same" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_files_of_two_models_and_a_part_of_one_are_no_model(model):
    model_lock.add("m-1", "slow", "abc")
    written(model, {"code/lib/a.py": "b", "artifacts/net.npz": "2"})
    model_lock.record("m-2", model)
    model_lock.add("m-2", "slow", "def")
    model_lock.check(model, URI)
    written(model, {"code/lib/a.py": "a"})
    with pytest.raises(UserError, match="a file is missing, or they are of several models"):
        model_lock.check(model, URI)
    written(model, {"code/lib/a.py": "b"})
    (model / "wrapper.py").unlink()
    with pytest.raises(UserError, match="a file is missing"):
        model_lock.check(model, URI)


def test_a_link_is_refused(model, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    for place in ("code/link.py", "code/__pycache__", "conda.yaml"):
        (model / place).symlink_to(tmp_path / "elsewhere")
        with pytest.raises(UserError, match=f"{place} in a model is a link"):
            model_lock.check(model, URI)
        (model / place).unlink()


def test_a_lock_that_a_merge_left_with_both_sides_has_both(model, tmp_path):
    model_lock.add("m-1", "slow", "abc")
    ours = known(tmp_path)
    (tmp_path / "models.lock").write_text(f"<<<<<<< HEAD\n{ours}=======\n{'0' * 64}  [slow def]\n>>>>>>> wide\n")
    assert model_lock.has("abc")
    assert model_lock.has("def")
    written(model, {"wrapper.py": "b"})
    model_lock.record("m-2", model)
    model_lock.add("m-2", "slow", "ghi")
    assert "<<<" not in known(tmp_path)
    assert set(ours.splitlines()) < set(known(tmp_path).splitlines())


ATTACKS = ("code", "shadow", "loader", "pickle", "link", "artifact")


def plant(model, attack, ran):
    """What a login may do to a model's files on the server. Its code makes the file `ran`."""
    code, how = PLANTED.format(ran=str(ran)), model / "MLmodel"
    serving, told = model / "code/tinylib/serving.py", yaml.safe_load(how.read_text())
    flavor = told["flavors"]["python_function"]
    if attack == "code":
        serving.write_text(code + serving.read_text())
    elif attack == "shadow":  # a package wins over a module of its name
        written(model, {"code/tinylib/serving/__init__.py": code + serving.read_text()})
    elif attack == "loader":
        flavor["loader_module"] = "planted"
        written(model, {"code/planted.py": f"{code}from mlflow.pyfunc.loaders.code_model import _load_pyfunc\n"})
    elif attack == "pickle":
        del flavor["model_code_path"]
        flavor |= {"python_model": "planted.pkl", "loader_module": "mlflow.pyfunc.model"}
        (model / "planted.pkl").write_bytes(pickle.dumps(Planted(str(ran))))
    elif attack == "link":
        written(model, {"artifacts/planted.py": code + serving.read_text()})
        serving.unlink()
        serving.symlink_to("../../artifacts/planted.py")
    elif attack == "artifact":
        (net,) = (model / "artifacts").glob("*.npz")
        net.write_bytes((ran.parent / "other.npz").read_bytes())
    how.write_text(yaml.safe_dump(told))


class Planted:
    def __init__(self, ran):
        self.ran = ran

    def __reduce__(self):
        return subprocess.call, (["touch", self.ran],)


def champion(tiny):
    """The folder of the champion's files."""
    version = tiny.client().get_model_version_by_alias("lines", "champion")
    return tiny.path / "mlartifacts" / version.source.partition("/mlartifacts/")[2]


@pytest.mark.long
@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_login_has_planted_does_not_run_unasked(tiny_copy, tmp_path, attack):
    import numpy as np

    rows, ran = tmp_path / "x.csv", tmp_path / "ran"
    rows.write_text("1\n")
    np.savez(tmp_path / "other.npz", slope=np.array(7.0))
    plant(champion(tiny_copy), attack, ran)
    told = tiny_copy.run("tracked", "predict", str(rows), ok=False)
    assert told.stdout == ""
    assert len(told.stderr.splitlines()) == 1
    assert f"error: {URI} does not run: this project has not registered it: " in told.stderr
    assert not ran.exists()
    trusted = tiny_copy.run("tracked", "predict", "--trust", str(rows), ok=attack != "pickle")
    assert ran.exists() == (attack != "artifact")
    assert (trusted.stdout == "output\n7.0\n") == (attack == "artifact")


PYTHON = """
import numpy as np
from tracked import UserError, champion
try:
    print(champion(np.array([[1.0]]), trust={trust}).tolist())
except UserError as error:
    print(error)
"""


@pytest.mark.long
def test_an_alias_on_a_foreign_version_is_refused_from_python_too(tiny_copy, tmp_path):
    foreign, ran = tiny_copy.path / "mlartifacts/foreign", tmp_path / "ran"
    shutil.copytree(champion(tiny_copy), foreign)
    plant(foreign, "code", ran)
    version = tiny_copy.client().create_model_version("lines", foreign.as_uri())
    tiny_copy.client().set_registered_model_alias("lines", "champion", version.version)
    told = tiny_copy.python(PYTHON.format(trust=False)).stdout
    assert "does not run: this project has not registered it: code/tinylib/serving.py as in no model" in told
    assert not ran.exists()
    assert tiny_copy.python(PYTHON.format(trust=True)).stdout.startswith("[[")
    assert ran.exists()


@pytest.mark.long
def test_a_model_on_a_server_that_another_login_has_changed_does_not_run(tiny, tmp_path, port):
    rows, ran = tmp_path / "x.csv", tmp_path / "ran"
    rows.write_text("1\n")
    with tiny.serve(tmp_path / "server", port=port) as server:
        tiny.stages(MLFLOW_TRACKING_URI=server)
        before = tiny.run("tracked", "predict", str(rows), MLFLOW_TRACKING_URI=server).stdout
        version = tiny.client(server).get_model_version_by_alias("lines", "champion")
        served = written(tmp_path / "planted", {"serving.py": PLANTED.format(ran=str(ran)) + SERVING})
        model_id = re.search(r"m-\w+", version.source)[0]
        tiny.client(server).log_model_artifact(model_id, str(served / "serving.py"), "code/tinylib")
        told = tiny.run("tracked", "predict", str(rows), ok=False, MLFLOW_TRACKING_URI=server).stderr
        assert "has not registered it: code/tinylib/serving.py as in no model" in told
        assert not ran.exists()
        trusted = tiny.run("tracked", "predict", "--trust", str(rows), MLFLOW_TRACKING_URI=server).stdout
        assert (trusted, ran.exists()) == (before, True)


SERVING = """
import numpy as np
def line(files):
    with np.load(files["net"]) as arrays:
        slope = float(arrays["slope"])
    return lambda rows: slope * np.asarray(rows)
"""


@pytest.mark.long
def test_evaluations_register_what_a_person_commits_and_no_run_calls_uncommitted(tiny_copy):
    lines = (tiny_copy.path / "models.lock").read_text()
    assert lines.count("[slow ") == lines.count("[fast ") == 1
    tiny_copy.run("git", "add", "models.lock")
    tiny_copy.run("git", "commit", "-qm", "state")
    tiny_copy.stages("fit_slow", "judge")
    assert (tiny_copy.path / "models.lock").read_text() == lines
    (tiny_copy.path / "models.lock").write_text("")
    tiny_copy.stages("judge")  # whose run is of no change, as the lock is written
    assert (tiny_copy.path / "models.lock").read_text() == lines
    assert tiny_copy.runs()[0]["tags"]["git_dirty"] == "false"
