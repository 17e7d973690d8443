"""`mlflow models serve` as a user starts it, and questions to it: for measurements and tests."""

import json
import shlex
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

SECONDS_TO_START = 60
direct = build_opener(ProxyHandler({}))  # a proxy of the environment is not for this machine


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(
    repository: Path, env: dict[str, str], uri: str, before: str = ""
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server of a model, in a group of its own: gives the address to post to, and the server's first process.
    `before` are commands of the shell that starts it."""
    port = free_port()
    command = shlex.join(["mlflow", "models", "serve", "-m", uri, "--env-manager", "local", "--port", str(port)])
    process = subprocess.Popen(
        ["bash", "-c", f"{before} exec {command}"],
        cwd=repository,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/ping", process)
        yield f"http://127.0.0.1:{port}/invocations", process
    finally:
        subprocess.run(["kill", "-TERM", "--", f"-{process.pid}"], check=False)
        process.wait(20)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers. Raises AssertionError when it ends before, or takes too long."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, "the model server ended"
        try:
            with direct.open(url, timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")


def post(url: str, body: dict[str, Any] | bytes) -> tuple[int, Any]:
    """Status and answer, which is JSON but where the server failed."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request(url, content, {"Content-Type": "application/json"})  # noqa: S310
    try:
        with direct.open(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        content = error.read()
        return error.code, json.loads(content) if error.headers.get_content_type() == "application/json" else content
