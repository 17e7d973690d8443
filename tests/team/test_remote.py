"""A DVC remote over SSH that several clones share: an sshd of its own keys on this machine's loopback."""

import getpass
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.team

CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile {folder}/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
Subsystem sftp internal-sftp
"""
CLIENT = """
Host remote.example.org
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {folder}/user
  IdentityAgent none
"""


@pytest.fixture(scope="module")
def home(team, tmp_path_factory):
    """The home of somebody whose ~/.ssh leads remote.example.org to an sshd here."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if not sshd:
        team.missing("sshd", "openssh-server")
    folder, port = tmp_path_factory.mktemp("sshd"), team.free_port()
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], check=True)
    (folder / "sshd_config").write_text(CONFIG.format(port=port, folder=folder))
    (folder / "home/.ssh").mkdir(parents=True, mode=0o700)
    user = CLIENT.format(port=port, user=getpass.getuser(), folder=folder)
    (folder / "home/.ssh/config").write_text(user)
    known = f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}"
    (folder / "home/.ssh/known_hosts").write_text(known)
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where sshd, started as a service, would put what it gives no rights
    log = folder / "sshd.log"
    process = subprocess.Popen([sshd, "-D", "-f", folder / "sshd_config", "-E", log])
    try:
        while not (folder / "sshd.pid").exists():
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        yield folder / "home"
    finally:
        process.terminate()
        process.wait()


class Person:
    """A clone, and the home with which its commands run."""

    def __init__(self, clone, home):
        self.clone, self.env = clone, {"HOME": str(home)}

    def run(self, *command, ok=True):
        return self.clone.run(*command, ok=ok, **self.env)

    def computed(self, *options):
        """What `dvc repro` computes; `compose` always runs, as no cache keeps what it writes."""
        return [stage for stage in self.clone.ran(self.run("dvc", "repro", *options)) if stage != "compose"]

    def says(self, command):
        """Run a command of the document."""
        return self.run("bash", "-ec", command)


@pytest.fixture
def ann(finished, home, team, tmp_path):
    """Who has run the pipeline, and shares it by a new remote."""
    person = Person(finished, home)
    (tmp_path / "dvc").mkdir()
    for command in team.documented("A remote over SSH", "Ann"):
        person.says(command.replace("/srv/dvc", f"{tmp_path}/dvc"))
    return person


@pytest.fixture
def bob(ann, home, team, tmp_path):
    """Who has cloned it and pulled."""
    person = Person(type(ann.clone)(tmp_path / "bob", fill=False), home)
    first, *others = team.documented("A remote over SSH", "Bob")
    env = ann.clone.env(**ann.env)
    subprocess.run(["bash", "-ec", first.replace("ADDRESS", str(ann.clone.path))], cwd=tmp_path, env=env, check=True)
    (tmp_path / "digitrack").rename(person.clone.path)
    for key, value in (("name", "bob"), ("email", "bob@localhost")):
        person.run("git", "config", f"user.{key}", value)
    for command in others:
        person.says(command)
    return person


def change(person, n_hidden):
    person.clone.edit("conf/config.yaml", "n_hidden: 100", f"n_hidden: {n_hidden}")


def test_who_pulls_computes_nothing(bob):
    assert bob.computed() == []
    assert (bob.clone.path / "models/numpy.npz").exists()
    assert bob.run("dvc", "status", "-q").returncode == 0


def test_what_one_has_trained_no_other_trains(ann, bob):
    change(ann, 20)
    assert "train_numpy" in ann.computed()
    ann.run("dvc", "push", "--run-cache")
    change(bob, 20)
    bob.run("dvc", "pull", "--run-cache")
    assert set(bob.computed("--pull")) <= {"evaluate"}  # its metrics are in git, not in the cache
    assert (bob.clone.path / "dvc.lock").read_text() == (ann.clone.path / "dvc.lock").read_text()


def test_two_push_at_once(ann, bob, home, tmp_path):
    for person, n_hidden in ((ann, 20), (bob, 30)):
        change(person, n_hidden)
        person.computed()
        person.clone.commit()
    command = [sys.executable, "-m", "dvc", "push", "--run-cache"]
    pushes = [
        subprocess.Popen(command, cwd=person.clone.path, env=person.clone.env(**person.env)) for person in (ann, bob)
    ]
    assert [push.wait(120) for push in pushes] == [0, 0]
    for person in (ann, bob):
        folder = tmp_path / f"of-{person.clone.path.name}"
        subprocess.run(["git", "clone", "-q", person.clone.path, folder], check=True)
        third = Person(type(ann.clone)(folder, fill=False), home)
        third.run("dvc", "pull")
        assert third.computed() == []
