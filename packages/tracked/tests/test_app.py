"""MLflow's server as `tracked ui` and `tracked server` start it: its assistant is shut to everybody, all else open."""

import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tracked.admin.server import users

pytestmark = pytest.mark.xdist_group("door")  # one server for all
ADMIN, ANN = ("admin", "pl4nted-of-the-admin"), ("ann", "pl4nted-of-ann-1")
SECRETS = {"MLFLOW_FLASK_SERVER_SECRET_KEY": "any long text", "MLFLOW_AUTH_ADMIN_PASSWORD": ADMIN[1]}
API = "ajax-api/3.0/mlflow/assistant"
CONFIG = {"providers": {"claude_code": {"model": "default", "selected": True, "permissions": {"full_access": True}}}}
SPELLINGS = (
    f"/{API}/config",
    f"/{API}/config/",
    f"/{API}/config%0a",
    f"/{API}",
    f"/{API}/",
    f"/{API}/no/such/route",
    "/api/3.0/mlflow/assistant/config",
    "/ajax-api/4.0/mlflow/assistant/config",
    "//ajax-api//3.0/mlflow//assistant//config",
    "/ajax-api/3%2e0/mlflow/%61ssistant/config",
    "/ajax-api/3.0/mlflow%2fassistant%2fconfig",
    "/AJAX-API/3.0/mlflow/Assistant/config",
    "/x/../ajax-api/3.0/mlflow/assistant/config",
    "http://127.0.0.1/ajax-api/3.0/mlflow/assistant/config",
)

# The first two words of every address of MLflow's server, 3.17 and 3.18, behind the API's version. Somebody has looked
# at them all: they read and write the store and its artifacts, as the UI and the client do, but for
#   assistant: see above
#   gateway, gateway-proxy: ask a model of another company, with keys that a user of the server gave it
#   webhooks: call an address outside this machine that a user of the server gave it
#   jobs, prompt-optimization and what ends in invoke: want MLflow's job runners, which mlflow_server.py switches off
KNOWN = """
    get-artifact graphql health metrics model-versions/get-artifact signup static-files/_ version v1/traces
    build/_ ajax-api/2.0mlflow api/2.0mlflow
    gateway/_ gateway/anthropic gateway/gemini gateway/mlflow gateway/openai gateway/proxy gateway/typesafe
    jobs jobs/_ jobs/cancel jobs/search
    mlflow-artifacts/artifacts mlflow-artifacts/mpu mlflow-artifacts/presigned
    mlflow/artifacts mlflow/assistant mlflow/datasets mlflow/demo mlflow/experiments mlflow/gateway mlflow/gateway-proxy
    mlflow/genai/evaluate/invoke mlflow/get-online-trace-details mlflow/get-trace-artifact mlflow/issues
    mlflow/issues/invoke mlflow/jobs mlflow/label-schemas mlflow/logged-models mlflow/mcp-servers mlflow/metrics
    mlflow/model-versions mlflow/prompt-optimization mlflow/registered-models mlflow/review-queues mlflow/roles
    mlflow/runs mlflow/scorer/invoke mlflow/scorers mlflow/server-info mlflow/skills mlflow/traces mlflow/ui-telemetry
    mlflow/unified-traces mlflow/upload-artifact mlflow/users mlflow/webhooks mlflow/workspaces
"""
ROUTES = """
import json
from mlflow.server import auth
from mlflow.server.assistant.api import assistant_router

def below(routes):
    for route in routes:
        if hasattr(route, "effective_candidates"):  # a router that FastAPI looks into as late as it can
            yield from below(route.effective_candidates())
        else:
            yield route.path

app = auth.create_app()
flask = app.routes[-1].app.app
own = [[route.path, sorted(route.methods)] for route in assistant_router.routes]
print(json.dumps({"all": [*below(app.routes), *(rule.rule for rule in flask.url_map.iter_rules())], "assistant": own}))
"""
PREFIXED = """
import asyncio, json
from mlflow.server.fastapi_app import app
from tracked.admin.app import create_app

def status(app, path):
    told = []
    async def receive():
        return {"type": "http.request", "body": b""}
    async def send(message):
        told.append(message)
    scope = {
        **{"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "root_path": ""},
        **{"http_version": "1.1", "scheme": "http", "query_string": b"", "headers": [(b"host", b"localhost")]},
        **{"client": ("127.0.0.1", 1), "server": ("localhost", 1)},
    }
    asyncio.run(app(scope, receive, send))
    return told[0]["status"], b"panelOpen" in b"".join(message.get("body", b"") for message in told)

paths = "/pre/ajax-api/3.0/mlflow/assistant/config", "/pre/"
print(json.dumps([status(served, path) for served in (app, create_app()) for path in paths]))
"""


@dataclass
class Door:
    """A server that a command of tracked started, and who asks it: users, or None for who says nothing."""

    uri: str
    home: Path
    users: tuple[tuple[str, str] | None, ...]

    def ask(self, method: str, path: str, who: tuple[str, str] | None, **more: Any) -> requests.Response:
        return requests.request(method, f"{self.uri}/{path}", auth=who, timeout=60, **more)


def program(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture(scope="module", params=["ui", pytest.param("login", marks=pytest.mark.long)])
def door(
    request: Any, tiny_ran: Any, new_port: Callable[[], int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    """`tracked ui`, and `tracked server --login`, on a machine that has what the assistant would run."""
    folder = tmp_path_factory.mktemp("door")
    shutil.copytree(tiny_ran.path, folder / "tiny", symlinks=True)
    tiny = type(tiny_ran)(folder / "tiny")
    for name in ("home", "bin"):
        (folder / name).mkdir()
    for name in ("claude", "codex"):
        program(folder / "bin" / name, f"touch {folder}/home/executed")
    env = {"HOME": f"{folder}/home", "PATH": f"{folder}/bin:{tiny.env()['PATH']}"}
    login = request.param == "login"
    command = ["server", "--login", "--workers", "1"] if login else ["ui"]
    process = tiny.start("tracked", *command, "--port", str(new_port()), **env, **(SECRETS if login else {}))
    try:
        uri = next((found[0] for line in process.stdout if (found := re.findall(r"http://[^/\s]+", line))), None)
        assert uri, process.stderr.read()
        if login:
            made = {"username": ANN[0], "password": ANN[1]}
            requests.post(f"{uri}/api/2.0/mlflow/users/create", json=made, auth=ADMIN, timeout=60).raise_for_status()
        yield Door(uri, folder / "home", (None, ANN, ADMIN) if login else (None,))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@pytest.fixture(scope="module")
def routes(tiny_ran: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The addresses of MLflow's application with its login, and those of the assistant with their methods."""
    folder = tmp_path_factory.mktemp("routes")
    env = {**SECRETS, "MLFLOW_AUTH_CONFIG_PATH": users(folder), "_MLFLOW_SGI_NAME": "uvicorn"}
    return told_by(ROUTES, folder, tiny_ran.env(**env))


def told_by(script: str, folder: Path, env: dict[str, str]) -> Any:
    """What a script prints last, in a process of its own: MLflow reads the environment when it is imported."""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_nobody_reaches_the_assistant(door, routes):
    assert ["/ajax-api/3.0/mlflow/assistant/config", ["PUT"]] in routes["assistant"]
    for who in door.users:
        asked = [
            door.ask("PUT", f"{API}/config", who, json=CONFIG),
            door.ask("POST", f"{API}/message", who, json={"message": "run `touch executed`", "experiment_id": "1"}),
            door.ask("GET", f"{API}/sessions/any/stream", who),
            *(
                door.ask(method, re.sub(r"{\w+}", "claude_code", path)[1:], who, json={})
                for path, methods in routes["assistant"]
                for method in (*methods, "OPTIONS", "HEAD")
            ),
        ]
        assert {response.status_code for response in asked} == {404}
    assert not (door.home / "executed").exists()
    assert not [file for file in (door.home / ".mlflow").rglob("*") if "assistant" in str(file)]


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_spelling_reaches_it(door, path):
    for method in ("GET", "PUT"):
        with closing(http.client.HTTPConnection(door.uri.removeprefix("http://"), timeout=60)) as connection:
            connection.request(method, path, json.dumps(CONFIG), {"Content-Type": "application/json"})
            assert connection.getresponse().status == 404


def test_it_is_shut_behind_a_prefix_too_where_mlflows_own_is_open(tiny_ran, tmp_path):
    env = {"_MLFLOW_STATIC_PREFIX": "/pre", "HOME": str(tmp_path)}
    assert told_by(PREFIXED, tmp_path, tiny_ran.env(**env)) == [[200, False], [200, False], [404, False], [200, True]]


def test_all_else_works_as_before(door):
    who = door.users[-1]

    def told(method, path, **more):
        response = door.ask(method, path, who, **more)
        assert response.status_code == 200, response.text
        return response

    at = "api/2.0/mlflow"
    experiment = told("POST", f"{at}/experiments/create", json={"name": "door"}).json()["experiment_id"]
    run = told("POST", f"{at}/runs/create", json={"experiment_id": experiment, "start_time": 1}).json()["run"]["info"]
    told("POST", f"{at}/runs/log-metric", json={"run_id": run["run_id"], "key": "loss", "value": 0.5, "timestamp": 1})
    found = told("POST", f"{at}/runs/search", json={"experiment_ids": [experiment], "filter": "metrics.loss < 1"})
    assert [each["info"]["run_id"] for each in found.json()["runs"]] == [run["run_id"]]
    # a name that has the assistant's in it is an artifact's like any other
    artifact = f"api/2.0/mlflow-artifacts/artifacts/{experiment}/{run['run_id']}/artifacts/mlflow/assistant/config"
    told("PUT", artifact, data=b"any bytes")
    assert told("GET", artifact).content == b"any bytes"
    told("POST", f"{at}/registered-models/create", json={"name": "door"})
    version = {"name": "door", "source": f"mlflow-artifacts:/{experiment}/{run['run_id']}/artifacts/mlflow"}
    told("POST", f"{at}/model-versions/create", json={**version, "run_id": run["run_id"]})
    assert told("GET", f"{at}/registered-models/search").json()["registered_models"][0]["name"] == "door"
    assert told("GET", "ajax-api/3.0/mlflow/server-info").json()
    # of FastAPI's own routes, which a server of another kind would not have
    assert "x-mlflow-experiment-id" in door.ask("POST", "v1/traces", who, data=b"x").text
    assert door.ask("GET", "ajax-api/3.0/jobs/none", who).status_code != 405
    assert "detail" in door.ask("POST", "gateway/none/mlflow/invocations", who, json={}).json()


def test_who_has_no_login_is_asked_for_one_where_there_is_one(door):
    free = door.users == (None,)
    for path in ("", "ajax-api/2.0/mlflow/experiments/search?max_results=1"):
        assert door.ask("GET", path, None).status_code == (200 if free else 401)
    if not free:
        assert door.ask("GET", "api/2.0/mlflow/users/get?username=admin", ANN).status_code == 403


def test_the_page_is_mlflows_with_one_line_more(door):
    who = door.users[-1]
    old = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT", "If-None-Match": "*", "Range": "bytes=0-9"}
    page = door.ask("GET", "", who, headers=old)
    assert page.status_code == 200
    assert page.text.count("mlflow.assistant.panelOpen_v1") == 1
    assert page.text.rstrip().endswith("</html>")
    assert int(page.headers["Content-Length"]) == len(page.content)
    assert page.headers["Cache-Control"] == "no-cache"
    assert "ETag" not in page.headers
    assert door.ask("HEAD", "", who).status_code == 200


@pytest.mark.parametrize("width", [1280, pytest.param(1920, marks=pytest.mark.long)])
def test_a_browser_without_a_history_is_offered_no_assistant(door, width, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    if not (chromium := shutil.which("chromium") or shutil.which("google-chrome")):
        pytest.skip("no Chromium is installed")
    who = door.users[-1]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        login = {"http_credentials": {"username": who[0], "password": who[1]}} if who else {}
        page = browser.new_context(viewport={"width": width, "height": 800}, **login).new_page()
        page.goto(f"{door.uri}/#/experiments/0/runs?workflowType=machine_learning", timeout=60_000)
        page.get_by_text("matching runs").wait_for(timeout=60_000)
        page.wait_for_timeout(2000)  # the panel would open now
        page.screenshot(path=tmp_path / "runs.png")
        assert page.locator("[data-assistant-ui]:visible").count() == 0
        assert not re.search("assistant", page.locator("body").inner_text(), re.IGNORECASE)
        assert page.get_by_text("matching runs").bounding_box()["x"] < 300
        assert page.locator("#root").bounding_box()["width"] == width
        page.goto(f"{door.uri}/#/models")
        page.get_by_text("Create Model").first.click(timeout=60_000)  # no advertisement is before it
        for link, shown in ((door.uri, "machine_learning"), (f"{door.uri}/?again", "genai")):
            page.goto(link)  # without a word about the view, as MLflow's own links from page to page
            page.locator("body").get_by_text("Experiments").first.wait_for()
            assert page.evaluate("localStorage['mlflow.workflowType_v1']") == f'"{shown}"'
            page.evaluate("""localStorage['mlflow.workflowType_v1'] = '"genai"'""")  # a user's choice stays
        browser.close()


def test_every_route_of_the_server_has_been_looked_at(routes):
    assert len(routes["all"]) > 500
    new = {first_words(path) for path in routes["all"]} - {"", *KNOWN.split()}
    assert not new, (
        f"MLflow's server has routes that nobody has looked at: {sorted(new)}. Read what they do (mlflow/server/). "
        "What runs commands or code, or reads this machine's files, belongs in ASSISTANT in tracked/admin/app.py and "
        "in the tests above; add what is harmless to KNOWN."
    )
    assert {path for path, _ in routes["assistant"]} == {path for path in routes["all"] if "assistant" in path}


def first_words(path: str) -> str:
    words = re.sub(r"^/(ajax-)?api/\d\.\d/|[<{][^>}]*[>}]", lambda found: "" if "api/" in found[0] else "_", path)
    words = words.strip("/").split("/")
    return "/".join(words if words[-1] == "invoke" else words[:2])


@pytest.mark.long
def test_a_first_user_that_mlflow_refuses_is_one_line(tiny, port):
    """As by its own name: in a worker it would be said again and again, and the command would wait."""
    env = SECRETS | {"MLFLOW_AUTH_ADMIN_PASSWORD": "password1234", "MLFLOW_GUNICORN_OPTS": "--log-level info"}
    done = tiny.run("tracked", "server", "--login", "--port", str(port), ok=False, **env)
    assert done.returncode == 1
    assert "error: MLflow's server does not start: Refusing to use the insecure default password" in done.stderr
