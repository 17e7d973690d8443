"""What a stage logs with MLflow's own functions: while a stage runs, its run is MLflow's active one.

MLFLOW_RUN_ID in the environment would not do: `with mlflow.start_run()` uses it up and ends the run, `nested=True` is
the run itself then, and MLflow ends the run as FINISHED when the process exits. So MLflow's stack of active runs is
prepared, and its two functions that begin and end runs leave the stage's run there. Both happen where the stage runs,
and when that imports MLflow: a sweep's jobs run in a process that does not import it by itself.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from inspect import signature
from pathlib import Path
from time import time
from typing import Any, NamedTuple

from tracked.outcome import Pruned
from tracked.runs import model_lock
from tracked.store import interrupts, processes

VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID")  # MLflow writes into them what a stage chooses
OTHER = ("run_id", "experiment_id", "run_name", "nested", "parent_run_id")  # arguments that ask for another run


class StageRun(NamedTuple):
    """The run of a stage, as the process in which the stage runs knows it.

    Without an id the stage is not tracked: a run is made when the stage itself starts one.
    """

    stage: str
    id: str = ""
    experiment_id: str = ""
    store: str = ""


class _State:
    """Per-process state: whether MLflow is looked after, and the stage that runs."""

    watched = False
    run: "StageRun | Callable[[], StageRun] | None" = None  # as a function, while nobody has asked
    leave: Callable[[str, str], None] | None = None  # ends what the stage has begun, once MLflow knows of its run


def _own() -> StageRun:
    """The run of the stage that runs."""
    if callable(_State.run):
        _State.run = _State.run()
    assert _State.run
    return _State.run


@contextmanager
def running(run: "StageRun | Callable[[], StageRun]") -> Iterator[None]:
    """Have MLflow log to a stage's run in this block. What the stage itself has begun below it ends with the block.

    A function is called when MLflow is: the stage may run before its run is there.
    """
    watch()
    _State.run, status = run, "FAILED"
    try:
        if "mlflow" in sys.modules:
            _enter()
        yield
        status = "FINISHED"
    except (KeyboardInterrupt, Pruned):
        status = "KILLED"
        raise
    finally:
        own, leave = _State.run, _State.leave
        _State.run = _State.leave = None
        if leave and isinstance(own, StageRun):
            leave(status, own.store)


def watch() -> None:
    """Prepare MLflow in this process, or have it prepared when it is imported."""
    if _State.watched:
        return
    _State.watched = True
    if "mlflow" in sys.modules:
        _prepare()
    else:
        sys.meta_path.insert(0, _Import())


class _Import(MetaPathFinder):
    """Prepares MLflow as soon as it has been imported."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name != "mlflow":
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                sys.meta_path.remove(self)
                _prepare()
                if _State.run:
                    _enter()

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _prepare() -> None:
    """Put our functions in place of MLflow's, also where a module has taken these by name."""
    from mlflow.tracking import fluent

    for name, ours in (("start_run", _start_run), ("end_run", _end_run)):
        original = getattr(fluent, name)
        changed = wraps(original)(_with(ours, original))
        for module in list(sys.modules.values()):
            if getattr(module, "__dict__", {}).get(name) is original:
                setattr(module, name, changed)

    client = fluent.MlflowClient
    # Every flavour's log_model ends here. What a model consists of is noted before it leaves this machine: what a
    # server has of it proves nothing.
    upload = client.log_model_artifacts

    @wraps(upload)
    def recorded(self: Any, model_id: str, local_dir: str, *args: Any, **more: Any) -> None:
        model_lock.record(model_id, Path(local_dir))
        upload(self, model_id, local_dir, *args, **more)

    client.log_model_artifacts = recorded  # type: ignore[method-assign]
    vars(fluent)["MlflowClient"] = lambda *args, **more: _Held(client(*args, **more))


class _Held:
    """The client of MLflow's own functions: while a stage runs, an interrupt waits for the end of a call.

    Within, it can be lost, as an error of the store that is passed over, and the stage would go on.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)
        return interrupts.held()(method) if _State.run and callable(method) else method


def _with(ours: Callable, original: Callable) -> Callable:
    """Ours while a stage runs, else MLflow's own."""
    return lambda *args, **more: (
        ours(_own(), original, signature(original).bind(*args, **more).arguments)
        if _State.run
        else original(*args, **more)
    )


def _start_run(run: StageRun, original: Callable, given: dict[str, Any]) -> Any:
    """The stage's run, unless another one is asked for: that is below it, and ends with this process."""
    from mlflow.tracking import fluent

    stack = fluent._active_run_stack.get()
    process = {"process": processes.this_process()}  # by which dead ones are ended
    if not run.id:
        run = _State.run = _begun(run, original, process)
    elif not stack:  # in a thread of the stage's
        stack.append(_active(run))
    is_own = stack[-1].info.run_id == run.id
    if given.get("run_id") == run.id or (is_own and not any(given.get(name) for name in OTHER)):
        stack.clear()
        _set_experiment(run.experiment_id)  # another one, of set_experiment, would be refused
        is_watched = {"log_system_metrics": False} if run.id in fluent.run_id_to_system_metrics_monitor else {}
        return original(**{**given, "run_id": run.id, **is_watched})
    tags, nested = {**process, **(given.get("tags") or {})}, given.get("nested") or is_own
    return original(**{"experiment_id": run.experiment_id, **given, "tags": tags, "nested": nested})


def _end_run(run: StageRun, original: Callable, given: dict[str, Any]) -> None:
    """Leaves the stage's run as it is: that ends when the stage has."""
    from mlflow.tracking import fluent

    stack = fluent._active_run_stack.get()
    if not stack or stack[-1].info.run_id != run.id:
        original(**given)


def _enter() -> None:
    """Make the stage's run the active one, in whatever state MLflow is in; `_State.leave` restores that."""
    import mlflow
    from mlflow.tracking import fluent

    run, stacks = _own(), fluent._active_run_stack
    before = {thread: [*stack] for thread, stack in stacks.get_all_thread_values().items()}
    uri, experiment, env = mlflow.get_tracking_uri(), fluent._active_experiment_id, _variables()
    if run.store and run.store != uri:
        mlflow.set_tracking_uri(run.store)
    _set_experiment(run.experiment_id or None)
    for stack in stacks.get_all_thread_values().values():
        stack.clear()
    stacks.get().extend([_active(run)] if run.id else [])

    @interrupts.held()
    def leave(status: str, store: str) -> None:
        for thread, stack in stacks.get_all_thread_values().items():
            for begun in reversed(stack):
                _end(begun.info.run_id, status, run.id)
            stack[:] = before.get(thread, [])
        _set_experiment(experiment)
        if mlflow.get_tracking_uri() != (store or uri):
            mlflow.set_tracking_uri(store or uri)
        os.environ.update(env)
        for name in VARIABLES:
            if name not in env:
                os.environ.pop(name, None)

    _State.leave = leave


def _set_experiment(experiment_id: str | None) -> None:
    from mlflow.tracking import fluent

    vars(fluent)["_active_experiment_id"] = experiment_id


def _variables() -> dict[str, str]:
    return {name: os.environ[name] for name in VARIABLES if name in os.environ}


def _end(run_id: str, status: str, own: str) -> None:
    import mlflow
    from mlflow.tracking import fluent

    if monitor := fluent.run_id_to_system_metrics_monitor.pop(run_id, None):
        monitor.finish()
    if run_id != own:
        with suppress(Exception):  # the store may be gone: it is ended with those of processes that have died
            mlflow.MlflowClient().set_terminated(run_id, status)


def _active(run: StageRun) -> Any:
    """The run as MLflow keeps it on its stack, made without asking the store: most stages don't look at it."""
    from mlflow import ActiveRun
    from mlflow.entities import Run, RunData, RunInfo

    info = RunInfo(run.id, run.experiment_id, "", "RUNNING", int(time() * 1000), None, "active", run_name=run.stage)
    return ActiveRun(Run(info, RunData()))


def _begun(run: StageRun, original: Callable, tags: dict[str, str]) -> StageRun:
    """The run of a stage that is not tracked, begun in the project's store: no stage may have told MLflow of it yet."""
    from tracked.project import here
    from tracked.store.store import Store

    store = Store.at(here().root)
    made = original(experiment_id=store.experiment_id, run_name=run.stage, tags=tags)
    return StageRun(run.stage, made.info.run_id, store.experiment_id, store.uri)
