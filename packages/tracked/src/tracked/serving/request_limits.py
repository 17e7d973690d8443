"""What a model server takes: a JSON object with rows of numbers, of bounded size, within a bounded time.

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
SECONDS = 20  # for all of it to arrive
AT_ONCE = 8  # requests that are read and answered; others wait
LARGEST = 2**53  # a float is exact up to here, and a longer one may take long to read
ROWS = ("inputs", "instances")
SERVER = "__pyfunc_model_path__"  # the variable by which MLflow tells its server the model


def install() -> None:
    """Have MLflow's server, if this process is one, put these limits around its application."""
    if SERVER not in os.environ:
        return
    import fastapi

    class Limited(fastapi.FastAPI):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.add_middleware(Limits)

    fastapi.FastAPI = Limited  # type: ignore[misc]


class Limits:
    """An ASGI application in front of another."""

    def __init__(self, app: Any) -> None:
        self.app, self.places = app, asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        async with self.places:
            try:
                body = inputs(await read(scope, receive))
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


def inputs(body: bytes) -> bytes:
    """The rows under the one name that the server behind takes. Raises Refusal for what is no JSON object with rows of
    numbers, or one row."""
    if body.count(b"[") > MOST_ROWS + 1:
        raise Refusal(413, f"a request has at most {MOST_ROWS} rows")
    try:
        content = json.loads(body, parse_int=integer)
    except RecursionError:
        raise Refusal(400, "the JSON is nested too deeply: inputs must be rows of numbers") from None
    except ValueError as error:  # of the encoding, and of an integer, too
        raise Refusal(400, f"the request is no JSON of numbers: {error}"[:200]) from None
    if not isinstance(content, dict) or len([key for key in ROWS if key in content]) != 1 or len(content) > 1:
        raise Refusal(400, 'the request must be {"inputs": rows of numbers}')
    (given,) = content.values()
    rows = [given] if isinstance(given, list) and given and not isinstance(given[0], list) else given
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) and row for row in rows):
        raise Refusal(400, "inputs must be rows of numbers, and at least one")
    if not all(type(cell) in (int, float) for row in rows for cell in row):
        raise Refusal(400, "inputs must be rows of numbers: something in a row is none")
    return body if "inputs" in content else json.dumps({"inputs": rows}).encode()


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
