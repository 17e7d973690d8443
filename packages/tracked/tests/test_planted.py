"""Secrets planted everywhere are found nowhere: not on the terminal, in files, runs, artifacts or pages."""

import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

USER, PASSWORD = "pl4nted-ann", "pl4nted-p@ss/w0rd"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "pl4nted-key-id",
    "AWS_SECRET_ACCESS_KEY": "pl4nted+secret/key",
    "MLFLOW_TRACKING_PASSWORD": "pl4nted-other",
    "SERVICE_TOKEN": "pl4nted-token",
    "HTTPS_PROXY": "http://me:pl4nted-proxy@127.0.0.1:9",
}
FILES = {
    ".env": "PASSWORD=pl4nted-env\n",
    "credentials.yaml": "password: pl4nted-yaml\n",
    "tiny/id_rsa": "pl4nted-rsa\n",
    "conf/mail.yaml": "password: pl4nted-mail\n",
    "notes.txt": "pl4nted-notes\n",
}
BROWSE = """
from tracked.admin import ui
from tracked.stages.lines import errors_in_one_line
with errors_in_one_line("ui"):
    ui.browse(5000)
"""
OPEN = """
import os
from pathlib import Path
from tracked.errors import UserError
from tracked.store.store import Store
for port in {ports}:
    os.environ["MLFLOW_TRACKING_URI"] = f"http://{login}@127.0.0.1:{{port}}"
    try:
        Store(Path.cwd())
    except UserError as error:
        print(error)
"""


@contextmanager
def answering(status):
    """A server that answers everything with a status: its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.long
def test_a_server_that_lets_nobody_in_or_is_not_there_is_said_without_the_password(tiny):
    with answering(401) as locked, answering(403) as forbidden:
        script = OPEN.format(ports=[locked, forbidden, 9], login=f"{USER}:pl4nted-pw")
        done = tiny.python(script)
    unknown, denied, gone = done.stdout.splitlines()
    assert unknown.startswith(f"MLFLOW_TRACKING_URI=http://***@127.0.0.1:{locked} asks for a login (401)")
    assert denied.startswith(f"MLFLOW_TRACKING_URI=http://***@127.0.0.1:{forbidden} does not allow this user")
    assert gone.startswith("MLFLOW_TRACKING_URI=http://***@127.0.0.1:9 does not answer: ")
    assert "pl4nted" not in done.stdout + done.stderr


@pytest.mark.long
def test_what_was_planted_is_found_nowhere(tiny, tmp_path):
    (tiny.path / "conf/db.yaml").write_text("host: here\n")
    tiny.commit()
    tiny.run("git", "remote", "add", "origin", "https://me:pl4nted-remote@127.0.0.1/tiny.git")
    for name, content in FILES.items():
        (tiny.path / name).write_text(content)
    (tiny.path / "conf/db.yaml").write_text("host: postgresql://me:pl4nted-db@there/db\n")
    (tiny.path / "tiny/new.py").write_text("x = 1\n")
    (tiny.path / "tiny/key.py").write_text(f"x = {ENVIRONMENT['SERVICE_TOKEN']!r}\n")
    told = []
    with tiny.serve(tmp_path / "server") as uri:
        quoted = PASSWORD.replace("@", "%40").replace("/", "%2F")
        port = uri.rpartition(":")[2]
        env = ENVIRONMENT | {"MLFLOW_TRACKING_URI": f"http://{USER}:{quoted}@127.0.0.1:{port}"}

        def run(*command, ok=True):
            done = tiny.run(*command, ok=ok, **env)
            told.append(done.stdout + done.stderr)
            return told[-1]

        told.append(tiny.stages(**env).stdout)
        run("python", "-m", "tiny.fit_fast", "fit_fast.epochs=2")
        run("python", "-m", "tiny.fit_fast", "-m", "fit_fast.epochs=1,2")
        typed = f"fit_fast.rate={ENVIRONMENT['SERVICE_TOKEN']}"  # Hydra would note what the user types
        run("python", "-m", "tiny.fit_fast", typed, "hydra.output_subdir=null", ok=False)
        run("python", "-m", "tiny.make", "seed=${oc.env:SERVICE_TOKEN}", ok=False)
        assert f"http://***@127.0.0.1:{port}/#/" in run(sys.executable, "-c", BROWSE)
    assert f"http://***@127.0.0.1:{port} does not answer" in run("python", "-m", "tiny.make", ok=False)

    diffs = [file.read_text() for file in (tmp_path / "server").rglob("uncommitted.diff")]
    assert diffs
    assert all("+x = 1" in diff for diff in diffs)
    assert "pl4nted" not in "".join(told)
    planted = {*FILES, "conf/db.yaml", "tiny/key.py"}
    written = [file for folder in (tiny.path, tmp_path / "server") for file in folder.rglob("*") if file.is_file()]
    assert len(written) > 100
    assert [
        file
        for file in written
        if b"pl4nted" in file.read_bytes()
        and ".git" not in file.parts
        and file.relative_to(tiny.path if file.is_relative_to(tiny.path) else tmp_path).as_posix() not in planted
    ] == []
