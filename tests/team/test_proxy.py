"""nginx, as docs/team.md configures it, before the team's server and a served model: attacks stay outside, all others
are answered."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from types import SimpleNamespace

import psutil
import pytest
import requests

pytestmark = pytest.mark.team
NAME = "mlflow.example.org"
ADMIN, ANN = ("admin", "of-the-administrator"), ("ann", "ann-has-a-password")
DIGIT = {"inputs": [[0] * 64]}
SECONDS = 2  # in which everybody is answered, whatever slow clients do
SLOW = 24
# As Debian's own, in a folder of the user's.
MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/mlflow.conf;
}}
"""
RESOLVED = """
import socket
ask = socket.getaddrinfo
def here(host, *more, **named):
    return ask("127.0.0.1" if host == "mlflow.example.org" else host, *more, **named)
socket.getaddrinfo = here
"""
LOGGED = """
import mlflow
from pathlib import Path
mlflow.set_experiment("through the proxy")
with mlflow.start_run() as run:
    mlflow.log_metric("loss", 0.5)
    Path("large.bin").write_bytes(b"0" * 40_000_000)
    mlflow.log_artifact("large.bin")
client = mlflow.MlflowClient()
assert client.get_run(run.info.run_id).data.metrics == {"loss": 0.5}
assert Path(client.download_artifacts(run.info.run_id, "large.bin", ".")).stat().st_size == 40_000_000
"""


@pytest.fixture(scope="module", autouse=True)
def name():
    """The name in the document is this machine."""
    ask = socket.getaddrinfo
    exec(RESOLVED, {})  # noqa: S102
    yield
    socket.getaddrinfo = ask


@pytest.fixture(scope="module")
def proxy(team, serve, reproduced, model_server, tmp_path_factory):
    """What a reader of the document starts: addresses of the server and the model behind nginx, and the certificate."""
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not nginx:
        team.missing("nginx", "nginx")
    folder = tmp_path_factory.mktemp("nginx")
    file = re.search(r"```nginx\n(.*?)```", (team.ROOT / "docs/team.md").read_text(), re.S)[1]
    certificate, variables, *_ = team.documented("A proxy")
    subprocess.run(["bash", "-ec", certificate.replace("/etc/nginx", str(folder))], check=True, capture_output=True)
    own = dict(one.split("=", 1) for one in variables.removeprefix("export ").split())
    own |= {"MLFLOW_FLASK_SERVER_SECRET_KEY": "long random text", "MLFLOW_AUTH_ADMIN_PASSWORD": ADMIN[1]}
    with ExitStack() as started:
        server = started.enter_context(serve(folder / "server", "--login", **own))
        limit = re.search(r"ulimit -v \d+; ", " ".join(team.documented("A proxy")))[0]
        served = model_server.served(reproduced.path, reproduced.env(), "models:/digits/2", limit)
        url, model = started.enter_context(served)
        ports = {"443": team.free_port(), "5000": server.port}
        ports["5001"] = int(re.search(r":(\d+)/", url)[1])
        for old, new in ports.items():
            file = re.sub(rf"\b{old}\b", str(new), file)
        (folder / "mlflow.conf").write_text(file.replace("/etc/nginx", str(folder)))
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder) + "user root;\n" * (os.getuid() == 0))
        process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
        started.callback(lambda: (process.terminate(), process.wait()))
        while not team.listens(ports["443"]):
            assert process.poll() is None, (folder / "error.log").read_text()
            time.sleep(0.05)
        found = SimpleNamespace(ports=ports, model=model, server=server, certificate=str(folder / "mlflow.crt"))
        found.uri = f"https://{NAME}:{ports['443']}"
        found.url = f"{found.uri}/invocations"
        users = f"{found.uri}/api/2.0/mlflow/users/create"
        sent(found, "POST", users, auth=ADMIN, json={"username": ANN[0], "password": ANN[1]}).raise_for_status()
        yield found


def sent(proxy, method, url, auth=ANN, timeout=60, **more):
    return requests.request(method, url, auth=auth, verify=proxy.certificate, timeout=timeout, **more)


def answered(proxy):
    """Everybody else gets an answer, of the model and of the server."""
    digit = sent(proxy, "POST", proxy.url, json=DIGIT, timeout=SECONDS)
    assert digit.status_code == 200
    assert len(digit.json()["predictions"][0]) == 10
    found = sent(proxy, "GET", f"{proxy.uri}/api/2.0/mlflow/experiments/get?experiment_id=0", timeout=SECONDS)
    assert found.status_code == 200


def opened(proxy, port, content=b""):
    """A connection over which this has been sent."""
    context = ssl.create_default_context(cafile=proxy.certificate)
    made = context.wrap_socket(socket.create_connection((NAME, port), 30), server_hostname=NAME)
    made.sendall(content)
    return made


def head(method, path, *lines, auth=ANN):
    basic = requests.auth._basic_auth_str(*auth)
    lines = (f"{method} {path} HTTP/1.1", f"Host: {NAME}", f"Authorization: {basic}", *lines)
    return "\r\n".join((*lines, "", "")).encode()


def status(connection, chunks=()):
    """The status of the answer, which may come while the rest is still being sent."""
    with suppress(OSError):  # it has been answered, and is not read any more
        for chunk in chunks:
            connection.sendall(chunk)
    with connection:
        return int(connection.recv(100).split()[1])


def megabytes(process):
    return sum(one.memory_info().rss for one in [process, *process.children(recursive=True)]) / 2**20


def test_a_run_is_logged_through_it_and_the_model_answers(proxy, team, tmp_path):
    env = {"MLFLOW_TRACKING_URI": proxy.uri, "MLFLOW_TRACKING_SERVER_CERT_PATH": proxy.certificate}
    env |= {
        "MLFLOW_TRACKING_USERNAME": ANN[0],
        "MLFLOW_TRACKING_PASSWORD": ANN[1],
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", RESOLVED + LOGGED],
        cwd=tmp_path, env={**team.clean(), **env}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answered(proxy)
    page = sent(proxy, "GET", proxy.uri)
    assert "<title>MLflow</title>" in page.text


def test_nobody_comes_in_without_the_login(proxy):
    for auth in (None, ("ann", "wrong"), ("nobody", ANN[1])):
        for method, url in (("GET", proxy.uri), ("GET", f"{proxy.uri}/api/2.0/mlflow-artifacts/artifacts")):
            assert sent(proxy, method, url, auth=auth).status_code == 401
        refused = sent(proxy, "POST", proxy.url, auth=auth, json=DIGIT)
        assert (refused.status_code, "Basic" in refused.headers["WWW-Authenticate"]) == (401, True)


def test_nothing_is_said_without_encryption(proxy):
    with socket.create_connection((NAME, proxy.ports["443"]), 30) as plain:
        plain.sendall(head("GET", "/"))
        assert b"The plain HTTP request was sent to HTTPS port" in plain.recv(1000)


def test_pages_of_other_sites_change_nothing(proxy):
    url = f"{proxy.uri}/ajax-api/2.0/mlflow/experiments/create"
    for origin, got in ((f"https://{NAME}", 200), ("https://evil.example.org", 403)):
        assert sent(proxy, "POST", url, json={"name": origin}, headers={"Origin": origin}).status_code == got
    assert sent(proxy, "GET", proxy.uri, headers={"Host": "evil.example.org"}).status_code == 403


def test_what_is_too_large_does_not_reach_the_model(proxy):
    process = psutil.Process(proxy.model.pid)
    before = megabytes(process)
    megabyte = b"0" * 10**6
    json_ = "Content-Type: application/json"
    one = opened(proxy, proxy.ports["443"], head("POST", "/invocations", json_, f"Content-Length: {300 * 10**6}"))
    assert status(one, [megabyte] * 300) == 413
    chunked = opened(proxy, proxy.ports["443"], head("POST", "/invocations", json_, "Transfer-Encoding: chunked"))
    assert status(chunked, [b"F4240\r\n" + megabyte + b"\r\n"] * 300) == 413
    api = head("POST", "/api/2.0/mlflow/runs/create", json_, f"Content-Length: {300 * 10**6}")
    assert status(opened(proxy, proxy.ports["443"], api), [megabyte] * 300) == 413
    nested = [b'{"inputs": ' + b"[" * 2_000_000, b'{"inputs": ' + b"[" * 1_000_000]
    got = [
        sent(proxy, "POST", proxy.url, data=body, headers={"Content-Type": "application/json"}).status_code
        for body in nested
    ]
    assert got == [413, 500]  # two million brackets; those that fit, which MLflow can't read
    parquet = sent(proxy, "POST", proxy.url, data=b"PAR1", headers={"Content-Type": "application/x-parquet"})
    assert parquet.status_code == 415
    wide = {"dataframe_records": [{f"{n:x}": 1} for n in range(70_000)]}  # 40 GB as a table
    assert sent(proxy, "POST", proxy.url, json=wide).status_code == 400
    answered(proxy)
    assert megabytes(process) < before + 100


def test_slow_clients_hold_up_nobody(proxy):
    headers, body, readers = [], [], []
    large = json.dumps({"inputs": [[0] * 64] * 5000}).encode()
    with ExitStack() as held:
        for _ in range(SLOW):
            headers.append(held.enter_context(opened(proxy, proxy.ports["443"], b"GET / HTTP/1.1\r\nHost: ")))
        sizes = ("Content-Type: application/json", f"Content-Length: {len(large)}")
        for _ in range(SLOW):
            body.append(held.enter_context(opened(proxy, proxy.ports["443"], head("POST", "/invocations", *sizes))))
            body[-1].sendall(large[:1000])
        path = "/api/2.0/mlflow/experiments/create"
        for _ in range(SLOW):
            body.append(held.enter_context(opened(proxy, proxy.ports["443"], head("POST", path, *sizes))))
        for _ in range(SLOW):
            readers.append(held.enter_context(opened(proxy, proxy.ports["443"], head("GET", "/"))))
            readers[-1].recv(1)
        with ThreadPoolExecutor(4) as others:
            for _ in range(10):
                for one in [others.submit(answered, proxy) for _ in range(2)]:
                    one.result()
        deadline = time.monotonic() + 60
        for one in (*headers, *body):  # given up by the proxy, one by one
            one.settimeout(max(1, deadline - time.monotonic()))
            with suppress(ConnectionError):
                assert b" 200 " not in one.recv(100)
    answered(proxy)


def test_the_server_writes_no_file_where_an_experiment_says(proxy, tmp_path):
    created = {"name": "elsewhere", "artifact_location": f"file://{tmp_path}"}
    api = f"{proxy.uri}/api/2.0/mlflow"
    experiment = sent(proxy, "POST", f"{api}/experiments/create", json=created).json()["experiment_id"]
    run = sent(proxy, "POST", f"{api}/runs/create", json={"experiment_id": experiment}).json()["run"]["info"]["run_id"]
    upload = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path=a.json"
    assert sent(proxy, "POST", proxy.uri + upload, data=b"{}").status_code == 403
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "secret.txt").write_text("secret")
    for path in ("secret.txt", "../../secret.txt", f"{tmp_path}/secret.txt"):
        assert sent(proxy, "GET", f"{proxy.uri}/get-artifact?run_id={run}&path={path}").status_code in (400, 404)
