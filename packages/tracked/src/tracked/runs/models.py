"""Models in MLflow: logged with a run, and loaded."""

import atexit
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import mlflow
from mlflow.artifacts import download_artifacts
from mlflow.entities import LoggedModel, LoggedModelStatus, Run
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature, infer_signature
from mlflow.models.model import MLMODEL_FILE_NAME
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri

from tracked.dvc import declared
from tracked.errors import UserError
from tracked.hashes import fingerprint, md5, md5_of_folder
from tracked.messages import one_line
from tracked.outcome import Served
from tracked.project import here, project
from tracked.runs import active, model_lock, served_code, served_example
from tracked.runs.result import Computer
from tracked.secrets import provenance
from tracked.secrets.masking import masked
from tracked.store import failures
from tracked.store.store import Store, with_runs

CODE = "code_md5"  # the tag of a run that tells which code its model was logged with
SERVED = "served_model"  # the tag of a run that names the model to register, of those that it has logged
WRAPPER = Path(__file__).with_name("wrapper.py")


def log(store: Store, run_id: str, served: Served, computer: Computer, name: str = "model") -> None:
    """Log a model with a run: its files, and a copy of the package whose function makes a model of them."""
    told = served_example.described(served)
    served_example.try_out(served, told, computer)
    active.watch()  # it notes what the model consists of
    with TemporaryDirectory() as folder, failures.in_one_line(store.uri):
        how = Path(folder) / "served.json"
        how.write_text(json.dumps(told))
        files = {**served.files, "served": how}
        code = served_code.copy(_package(project().served), Path(folder) / "code")
        # MLflow's own way to log a model takes experiment and run from the active run, which there is none.
        params = store.client.get_run(run_id).data.params
        made = store.client.create_logged_model(store.experiment_id, name, run_id, provenance.tags(), params)
        Model.log(
            artifact_path=None,
            flavor=_Untried,
            validate_serving_input=False,
            run_id=run_id,
            model_id=made.model_id,
            python_model=str(WRAPPER),
            artifacts={key: str(_no_link(path, Path(folder) / key)) for key, path in files.items()},
            code_paths=[str(code)],
            signature=signature(served),
            input_example=None if isinstance(served.example, bytes) else served.example,
            pip_requirements=["mlflow", "numpy", *served.requirements],
        )
        ours = {"package": md5_of_folder(code), "wrapper.py": md5(WRAPPER)}
        store.client.set_tag(run_id, CODE, fingerprint(ours))
        store.client.set_tag(run_id, SERVED, made.model_id)


class _Untried:
    """The flavour pyfunc, for `Model.log`, which would load the model here and try its example: that has been done,
    where the model's libraries are loaded."""

    @staticmethod
    def save_model(validate_serving_input: bool, **more: Any) -> None:
        mlflow.pyfunc.save_model(**more)


def _no_link(file: Path, spare: Path) -> Path:
    """The file, or its copy in a spare folder where it is a link, as DVC makes them of its cache: MLflow takes none."""
    if not file.is_symlink():
        return file
    spare.mkdir()
    return Path(shutil.copyfile(file, spare / file.name))


def _package(name: str) -> Path:
    """The folder of a package of the project. Raises UserError when it has none of this name."""
    for home in map(Path, here().paths):
        if name and (home / name).is_dir():
            return home / name
    raise UserError(f"served={name!r} in Project(...) must name the package of the project that loads a model")


def signature(served: Served) -> ModelSignature:
    """What comes out, to be shown. Not what goes in: MLflow would refuse whole numbers and lists where that says
    floats. The wrapper looks at what it is given by itself."""
    return ModelSignature(outputs=infer_signature(None, served.outputs).outputs)


def load(root: Path, uri: str, trust: bool = False) -> tuple[Callable[[Any], Any], dict[str, Path]]:
    """A logged model's function from rows to outputs, and its files by name; none of models logged before these were
    told. Raises UserError as `opened` does."""
    model = opened(root, uri, trust)
    return model.predict, getattr(own(model), "files", {})


def opened(root: Path, uri: str, trust: bool = False) -> Any:
    """A logged model. Raises UserError when the store does not have it, or, without `trust`, when this project has not
    registered it. What is checked is a copy for this process alone, and what is loaded is that copy."""
    store = with_runs(root)
    try:
        folder = _copied(uri)
        if not trust:
            model_lock.check(folder, uri)
        model_lock.remove_unread(folder)
        return mlflow.pyfunc.load_model(str(folder))
    except MlflowException as error:
        told = one_line(error, 150)
        there = "`tracked ui` shows which there are, `tracked sync` logs those again whose files are gone"
        if evaluations := [name for name in project().stages if _evaluates(name)]:
            there += f", `dvc repro -f -s {' '.join(evaluations)}` registers those that are evaluated"
        raise UserError(f"no model {uri} in {masked(store.uri)} ({told}): {there}") from None


def _copied(uri: str) -> Path:
    """The folder of a model in a temporary one, which is there as long as this process. Raises MlflowException."""
    spare = mkdtemp()
    atexit.register(shutil.rmtree, spare, ignore_errors=True)
    try:
        folder = Path(download_artifacts(artifact_uri=uri, dst_path=spare))
    except OSError as error:
        raise MlflowException(str(error)) from None
    if not (folder / MLMODEL_FILE_NAME).is_file():
        raise MlflowException(f"it has no file {MLMODEL_FILE_NAME}")
    return folder


def _evaluates(stage: str) -> bool:
    """Whether a stage reads a model, and trains none."""
    makers = declared.inputs(stage).values()
    return project().model(stage) is None and any(project().model(maker) for maker in makers)


def own(model: Any) -> Any:
    """The object of the wrapper in a loaded model; None in one of another flavour."""
    try:
        return model.unwrap_python_model()
    except MlflowException:
        return None


def ids(run: Run) -> list[str]:
    """The ids of the models that a run logged, or began to."""
    return [output.model_id for output in run.outputs.model_outputs] if run.outputs else []


def ready(store: Store, run: Run) -> list[str]:
    """The ids of the models that a run logged to their end, and whose files are still there. Where a stage has logged
    others itself, as autologging does, only of the one that it returned."""
    logged = [model for model in there(store.client, run) if model.status == LoggedModelStatus.READY]
    found = [model.model_id for model in logged if not is_gone(model.artifact_location)]
    named = run.data.tags.get(SERVED)
    return [model_id for model_id in found if model_id == named] if named else found


def chosen(run: Run) -> str:
    """The id of the model to register of a run that has logged one."""
    return run.data.tags.get(SERVED) or ids(run)[-1]


def is_gone(place: str) -> bool:
    """Whether a model is looked for in a folder of this machine that has none any more."""
    return is_local_uri(place) and not (Path(local_file_uri_to_path(place)) / MLMODEL_FILE_NAME).is_file()


def there(client: Any, run: Run) -> list[LoggedModel]:
    """The models that a run logged, or began to, without those that were deleted in the UI."""
    found = []
    for model_id in ids(run):
        try:
            found.append(client.get_logged_model(model_id))
        except MlflowException as error:
            if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                raise
    return found
