"""What a model server takes: a JSON object with rows, or a file, of bounded size, within a bounded time.

MLflow's server reads requests of any size and kind, and answers with a fault of its own what it can't digest. It has
no setting for this, but loads the model before it makes its application: a model that is being served installs these
limits there. MLflow copies this file into every logged model, so nothing of this library may be imported here.
"""

import asyncio
import json
import os
from typing import Any

MOST_BYTES = 4 * 2**20  # of a request: 10,000 digits and more
MOST_ROWS = 20_000
TOO_MANY = f"a request has at most {MOST_ROWS} rows"
SECONDS = 20  # for all of it to arrive
AT_ONCE = 8  # requests that are read and answered; others wait
LARGEST = 2**53  # a float is exact up to here, and a longer one may take long to read
ROWS = ("inputs", "instances")
NUMBERS: tuple[type, ...] = (int, float)
SERVER = "__pyfunc_model_path__"  # the variable by which MLflow tells its server the model


def install(served: dict[str, Any]) -> None:
    """Have MLflow's server, if this process is one, put these limits around its application: cells are of the kinds
    that the model's columns have, and may be missing where these have names."""
    if SERVER not in os.environ:
        return
    import fastapi

    kinds = served["kinds"] or []
    types = (*NUMBERS, *([type(None)] if kinds else []), *([str] if "text" in kinds else []))
    types = (*types, *([bool] if "bool" in kinds else []))

    class Limited(fastapi.FastAPI):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.add_middleware(Limits, types=types, is_file=served["n_features"] is None)

    fastapi.FastAPI = Limited  # type: ignore[misc]


class Limits:
    """An ASGI application in front of another."""

    def __init__(self, app: Any, types: tuple[type, ...] = NUMBERS, is_file: bool = False) -> None:
        self.app, self.places = app, asyncio.Semaphore(AT_ONCE)
        self.types, self.is_file = types, is_file

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        async with self.places:
            try:
                body = inputs(await read(scope, receive), self.types, self.is_file)
            except Refusal as refusal:
                await answer(send, refusal.status, str(refusal))
            else:
                await self.app(scope, replay(body, receive), send)


class Refusal(Exception):
    """Why a request is not taken, and the status that says so."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


async def read(scope: Any, receive: Any) -> bytes:
    """The body of a request. Raises Refusal when it is too large or too slow, or not said to be JSON."""
    body = bytearray()
    try:
        large = await asyncio.wait_for(_read(receive, body), SECONDS)
    except TimeoutError:
        raise Refusal(408, f"the request did not arrive within {SECONDS} s") from None
    if large:
        raise Refusal(413, f"a request has at most {MOST_BYTES // 2**20} MiB: send fewer rows at once")
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if headers.get(b"content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "the content type must be application/json")
    return bytes(body)


async def _read(receive: Any, body: bytearray) -> bool:
    """Gather the body. Whether it is too large: the rest is received all the same, as a client that is still sending
    does not hear an answer, but not kept."""
    large, more = False, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the request broke off")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BYTES:
            large = True
            body.clear()
    return large


def inputs(body: bytes, types: tuple[type, ...] = NUMBERS, is_file: bool = False) -> bytes:
    """The rows under the one name that the server behind takes; a table keeps the names of its columns.

    Raises Refusal for what is no JSON object with rows of cells of these types, or one row; or where the model takes a
    file, for what is no text.
    """
    if body.count(b"[") > MOST_ROWS + 2:
        raise Refusal(413, TOO_MANY)
    try:
        content = json.loads(body, parse_int=integer)
    except RecursionError:
        raise Refusal(400, "the JSON is nested too deeply: inputs must be rows of numbers") from None
    except ValueError as error:  # of the encoding, and of an integer, too
        raise Refusal(400, f"the request is no JSON of numbers: {error}"[:200]) from None
    if not isinstance(content, dict) or len(content) != 1 or not content.keys() <= {*ROWS, *TABLES}:
        raise Refusal(400, f'the request must be {{"inputs": {"a file in base64" if is_file else _rows(types)}}}')
    ((key, given),) = content.items()
    if is_file:
        if key not in ROWS or not isinstance(given, str):
            raise Refusal(400, "inputs must be the content of one file in base64")
        return body if key == "inputs" else json.dumps({"inputs": given}).encode()
    if key in TABLES:
        names, given = TABLES[key](given)
    elif isinstance(given, list) and given and not isinstance(given[0], list):
        given = [given]
    if not isinstance(given, list) or not given or not all(isinstance(row, list) and row for row in given):
        raise Refusal(400, f"{key} must be {_rows(types)}, and at least one")
    if len(given) > MOST_ROWS:
        raise Refusal(413, TOO_MANY)
    if not all(type(cell) in types for row in given for cell in row):
        raise Refusal(400, f"{key} must be {_rows(types)}: something in a row is none")
    if key in TABLES:
        return json.dumps({"inputs": {"columns": names, "data": given}}).encode()
    return body if key == "inputs" else json.dumps({"inputs": given}).encode()


def _rows(types: tuple[type, ...]) -> str:
    return "rows of numbers" + (" and text" if str in types else "")


def _split(given: Any) -> tuple[list[str], Any]:
    """The columns and the rows of a table that MLflow calls split."""
    names = given.get("columns") if isinstance(given, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or "data" not in given:
        raise Refusal(400, 'dataframe_split must be {"columns": names, "data": rows}')
    return names, given["data"]


def _records(given: Any) -> tuple[list[str], Any]:
    """The columns and the rows of a table whose rows are objects."""
    if not isinstance(given, list) or not given or not all(isinstance(row, dict) for row in given):
        raise Refusal(400, 'dataframe_records must be [{"column": value, ...}, ...]')
    names = list(given[0])
    if any(row.keys() != given[0].keys() for row in given):
        raise Refusal(
            400, "dataframe_records: all rows must have the columns of the first one; null is a missing value"
        )
    return names, [[row[name] for name in names] for row in given]


TABLES = {"dataframe_split": _split, "dataframe_records": _records}


def integer(text: str) -> int:
    """Raises ValueError for an integer that no float holds."""
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise ValueError(f"an integer is larger than 2**53: {text[:20]}...")
    return int(text)


def replay(body: bytes, receive: Any) -> Any:
    """What the application behind receives: the body that has been read, then what follows it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Any:
        return messages.pop() if messages else await receive()

    return again


async def answer(send: Any, status: int, why: str) -> None:
    """Answer as MLflow does: an error code and a message."""
    body = json.dumps({"error_code": "BAD_REQUEST", "message": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
