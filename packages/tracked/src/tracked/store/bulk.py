"""What many runs have, by few questions: MLflow's client asks for one metric of one run, or one value of a tag, at a
time, and in a large store each question takes a while.

This leans on the tables of MLflow's own databases, and on a request that its UI makes of a server. Where they are not
as expected, one question a run is asked.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import product
from typing import Any

from mlflow.entities import Run
from mlflow.tracking._tracking_service.utils import _get_store
from mlflow.utils.rest_utils import http_request

from tracked.store import failures
from tracked.store.store import Store

Histories = dict[str, dict[str, list[tuple[int, float]]]]  # by run and metric: steps and values, by time

OF_SERVER = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
RUNS = 50  # in a question: an address of a server has room for more, and MLflow reads a filter of more slowly
VALUES = 500  # in a question to a database: SQLite took 999 before 2020
MOST = 25_000  # points that a server answers with


def histories(store: Store, run_ids: Collection[str], metrics: Collection[str]) -> Histories:
    """What runs have logged of some metrics."""
    found: Histories = {run_id: {} for run_id in run_ids}
    ask = _of_database if _is_database(store) else _of_server if len(found) > 1 else _one_by_one
    try:
        points = list(ask(store, list(found), list(metrics)))
    except (ImportError, AttributeError, LookupError, ValueError):  # another version of MLflow
        points = list(_one_by_one(store, list(found), list(metrics)))
    for run_id, metric, *_, step, value in sorted(points, key=lambda point: point[2:]):
        found[run_id].setdefault(metric, []).append((step, value))
    return found


def newest_finished(store: Store, tag: str, values: Sequence[str]) -> dict[str, Run]:
    """The newest finished run with each value of a tag, of those that have one."""
    try:
        ids = _ids_in_database(store, tag, values) if _is_database(store) else None
    except (ImportError, AttributeError):
        ids = None
    if ids is None:
        query = f"tags.{tag} = '{{}}' and attributes.status = 'FINISHED'"
        each = store.each(lambda value: store.search(query.format(value), most=1), values)
        return {value: found[0] for value, found in zip(values, each, strict=True) if found}
    runs = [run for some in _parts(ids, RUNS) for run in store.search(f"attributes.run_id IN ({_quoted(some)})")]
    return {run.data.tags[tag]: run for run in runs}


def _is_database(store: Store) -> bool:
    return hasattr(_get_store(store.uri), "ManagedSessionMaker")


def _of_database(store: Store, run_ids: list[str], metrics: list[str]) -> Iterator[tuple[Any, ...]]:
    """Points as (run, metric, time, step, value). In no order: to have it, SQLite would read those of all runs."""
    from mlflow.store.tracking.dbmodels.models import SqlMetric as Point

    with failures.in_one_line(store.uri), _get_store(store.uri).ManagedSessionMaker() as session:
        for runs, names in product(_parts(run_ids, VALUES), _parts(metrics, VALUES)):
            columns = Point.run_uuid, Point.key, Point.timestamp, Point.step, Point.value, Point.is_nan
            for *point, value, is_nan in session.query(*columns).filter(Point.run_uuid.in_(runs), Point.key.in_(names)):
                yield *point, float("nan") if is_nan else value


def _of_server(store: Store, run_ids: list[str], metrics: list[str]) -> Iterator[tuple[Any, ...]]:
    """The same. Raises LookupError or ValueError when the server does not know the question."""
    questions = [(runs, metric) for runs in _parts(run_ids, RUNS) for metric in metrics]
    for answer in store.each(lambda question: _answer(store, *question), questions):
        yield from answer


def _answer(store: Store, run_ids: list[str], metric: str) -> list[tuple[Any, ...]]:
    query = {"run_id": run_ids, "metric_key": metric, "max_results": MOST}
    with failures.in_one_line(store.uri):
        answer = http_request(_get_store(store.uri).get_host_creds(), OF_SERVER, "GET", params=query)
    if answer.status_code != 200:
        raise LookupError(OF_SERVER)
    points = answer.json()["metrics"]
    if len(points) < MOST:
        return [(point["run_id"], metric, point["timestamp"], point["step"], point["value"]) for point in points]
    if len(run_ids) == 1:
        return list(_one_by_one(store, run_ids, [metric]))
    half = len(run_ids) // 2
    return _answer(store, run_ids[:half], metric) + _answer(store, run_ids[half:], metric)


def _one_by_one(store: Store, run_ids: list[str], metrics: list[str]) -> Iterator[tuple[Any, ...]]:
    pairs = list(product(run_ids, metrics))
    for pair, points in zip(pairs, store.each(lambda pair: store.client.get_metric_history(*pair), pairs), strict=True):
        yield from ((*pair, point.timestamp, point.step, point.value) for point in points)


def _ids_in_database(store: Store, tag: str, values: Sequence[str]) -> list[str]:
    """The newest finished run with each value."""
    from mlflow.store.tracking.dbmodels.models import SqlRun, SqlTag

    found: list[Any] = []
    with failures.in_one_line(store.uri), _get_store(store.uri).ManagedSessionMaker() as session:
        finished = (SqlRun.experiment_id == int(store.experiment_id), SqlRun.status == "FINISHED")
        for some in _parts(values, VALUES):
            query = session.query(SqlTag.value, SqlRun.start_time, SqlRun.run_uuid).join(SqlRun)
            tagged = (SqlTag.key == tag, SqlTag.value.in_(some))
            found += query.filter(*tagged, *finished, SqlRun.lifecycle_stage == "active")
    by_age = sorted(found, key=lambda row: row[1])
    return list({value: run_id for value, _, run_id in by_age}.values())


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f"'{text}'" for text in texts)


def _parts(things: Sequence[Any], n: int) -> list[list[Any]]:
    return [list(things[start : start + n]) for start in range(0, len(things), n)]
