"""What differs from the commit goes with a run: it applies, without secrets and what is large, and says so."""

import hashlib
import json
import os
import sys
from pathlib import Path
from time import process_time

import pytest
import yaml

from tracked.secrets.withheld import holds, named_secret

PLANTED = "pl4nted-Se(ret"
SHOW = """
import json, resource, sys
from tracked.secrets.uncommitted import uncommitted
found = uncommitted()
open(sys.argv[1], "wb").write(found.diff)
print(json.dumps([found.left_out, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


class Kept:
    """The difference of a project now, and what is not in it."""

    def __init__(self, tiny, **env):
        self.tiny, self.file = tiny, tiny.path.parent / "uncommitted.diff"
        done = tiny.run(sys.executable, "-c", SHOW, str(self.file), **env)
        self.left_out, self.kilobytes = json.loads(done.stdout)
        self.diff = self.file.read_bytes()

    def why(self, path):
        (found,) = [entry for entry in self.left_out if entry.startswith(f"{path} (")]
        return found

    def apply(self, to):
        """Apply it to a clean checkout of the commit."""
        self.tiny.run("git", "worktree", "add", "-q", "--detach", str(to), "HEAD")
        if self.diff:
            self.tiny.run("git", "-C", str(to), "apply", "--whitespace=nowarn", str(self.file))
        return to


@pytest.mark.parametrize(
    "name",
    [
        *(".env", ".env.local", "prod.ENV", "server.pem", "Credentials.yaml", "my_secrets.toml", "id_rsa"),
        *("ID_ed25519", "passwords.csv", "service-account.json"),
        *("api-key.txt", "token", "github_token.json", ".netrc", "secrets/plain.txt"),
    ],
)  # fmt: skip
def test_a_name_that_says_secret_is_known(name):
    assert named_secret(name)
    assert named_secret(f"conf/{name}")


@pytest.mark.parametrize(
    "name", ["src/tokenizer.py", "conf/config.yaml", "src/keras_net.py", "src/monkey.py", "idea.md"]
)
def test_other_names_are_not(name):
    assert not named_secret(name)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "API_KEY = 'abcd'"),
        ("a.py", 'password: str = "abcd"'),
        ("a.py", 'os.environ["DB_PASSWORD"] = f"two words"'),
        ("a.py", "connect(token='abcd')"),
        ("a.yaml", "  secret-key: abcd"),
        ("a.json", '{"client_secret": "abcd"}'),
        ("a.ini", "db_pwd=abcd"),
        ("a.ini", "token=" + "a" * 999),
        ("a.py", "PASSWORD = (\n    'abcd'\n)"),
        ("a.py", "os.getenv('DB_PASSWORD', 'abcd')"),
        ("a.py", 'password = "it\'s"'),
        ("a.ipynb", '"source": ["api_key = \\"abcd\\"\\n"]'),
        ("a.yaml", "password: abcd  # of the test server"),
        ("a.yaml", "password: ab$(c"),
        ("a.yaml", "passphrase: correct horse battery"),
        ("a.yaml", "+password: |\n+  abcd"),
        ("a.yaml", "password:\n  abcd"),
        ("a.ini", "smtp_pass = abcd"),
        ("a.txt", "Authorization: Bearer abcdefgh.ijklmnop"),
        ("a.txt", "Passwort: abcd"),
        ("a.txt", "https://ann:abcd@host"),
        ("a.txt", "-----BEGIN RSA PRIVATE KEY-----"),
        *(("a.yaml", text) for text in ("passwords: [abcd]", "password: ['abcd', x]", "password:\n  - abcd")),
        *(("a.yaml", text) for text in ("password:\n- abcd", "db: {user: ann, password: abcd}", "PASS: abcd")),
        ("a.toml", 'passwords = ["abcd"]'),
        ("a.json", '"password": ["abcd"]'),
        ("a.xml", "<password>abcd</password>"),
        *(("Dockerfile", text) for text in ("ENV DB_PASSWORD abcd", "ARG PASS=abcd")),
        *(("a.sh", text) for text in ("mysql --password abcd", "x --api-key=abcd", "curl -u ann:abcd https://host")),
        *(("a.sh", text) for text in ("sshpass -p abcd ssh host", "SSHPASS=abcd sshpass -e", "export PASS=abcd")),
        *(("a.sh", text) for text in ("mysql -u root -pabcd db", "mariadb-dump -p'abcd' db", "curl -uann:abcd host")),
        *(("a.sh", text) for text in ("curl --user ann:abcd host", "sshpass -pabcd ssh host")),
        *(("a.sh", text) for text in ("PGPASSWORD=abcd psql", "env PGPASSWORD='ab cd' psql")),
        *(("a.py", text) for text in ("run(['mysql', '-pabcd'])", "run(['curl', '-u', 'ann:abcd'])")),
        *(("a.py", text) for text in ("run(['sshpass', '-p', 'abcd'])", "run('PGPASSWORD=abcd psql', shell=True)")),
        *(
            ("dvc.yaml", text)
            for text in ("cmd: PGPASSWORD=abcd psql", "cmd: mysql -pabcd", "cmd: curl -u ann:abcd host")
        ),
        *(("a.sh", text) for text in ("PW=abcd", "AUTH=abcd", "MY_JWT=abcd", "SESSION_COOKIE=abcd")),
        ("a.sh", "DB=postgres://u:abcd@host"),
        *(("a.py", text) for text in ("set_password('abcd')", "keyring.set_password('db', 'ann', 'abcd')")),
        *(("a.py", text) for text in ("os.environ.setdefault('DB_PASSWORD', 'abcd')", "PASSWORDS = ['abcd']")),
        *(("a.py", text) for text in ("setattr(x, 'password', 'abcd')", "os.putenv('DB_PASSWORD', 'abcd')")),
        *(("a.py", text) for text in ("run(['mysql', '--password', 'abcd'])", "run('mysql --password abcd')")),
        *(("a.py", text) for text in ("get(url, auth=('ann', 'abcd'))", "HTTPBasicAuth('ann', 'abcd')")),
        *(("a.py", text) for text in ('PASSWORD = """abcd"""', "pw = 'abcd'", "MY_JWT = 'abcd'")),
        *(("a.py", text) for text in ("token = get() or 'abcd'", "add('--password', default='abcd')")),
    ],
)
def test_a_text_that_holds_a_password_is_known(path, text):
    assert holds(path, f"one\n{text}\ntwo\n")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "password = getpass()"),
        ("a.py", "tokens = {'a': 'abcd'}"),
        ("a.py", "def f(token: str) -> str:"),
        ("a.yaml", "learning_rate: 0.15"),
        ("a.yaml", "password: ${oc.env:PASSWORD}"),
        ("a.yaml", "secrets:\n  backend: vault"),
        ("a.sh", "PASSWORD=$PASSWORD"),
        ("a.py", "os.environ.get('DB_PASSWORD')"),
        ("a.py", "for name in ('password', 'token'):"),
        ("a.md", "The password: see the notes."),
        ("a.py", "add_argument('--password', help='asked for if it is not given')"),
        ("a.py", "set_password(getpass())"),
        ("a.py", "os.environ.setdefault('DB_PASSWORD', ask())"),
        ("a.py", "def f():\n    pass\n\n\nx = 'abcd'"),
        ("a.py", "if auth is None: author = 'Ann'"),
        ("a.yaml", "passwords: []"),
        ("a.yaml", "passwords: ['${oc.env:PASSWORD}']"),
        ("a.yaml", "pass: 2 of 3\nauth: basic"),
        ("a.sh", "mysql --password=$PASSWORD"),
        ("a.sh", "docker run -u 1000:1000 image"),
        ("a.sh", "PASS=$(ask)"),
        *(
            ("a.sh", text)
            for text in ("mysql -p db", "mysql -p$PW", 'mysql -p"$PW"', "mysql -P3306", "mysql -u root -p")
        ),
        *(("a.sh", text) for text in ("docker run -p8080:80 mysql", "sshpass -p $PW ssh host", "curl -u $ME:$PW host")),
        *(("a.py", text) for text in ("f'token={token} x'", "run(['curl', '-u', f'{me}:{pw}'])")),
    ],
)
def test_other_texts_are_not(path, text):
    assert not holds(path, f"one\n{text}\ntwo\n")


@pytest.mark.long
def test_looking_into_a_text_takes_no_time_that_grows_with_its_square():
    pieces = (
        "password",
        "password=",
        "password:\n ",
        "get('password',",
        "eyJ",
        "?token",
        "password : a",
        "token ",
        "://",
        "sk-",
        "PASS_",
        "--token",
        "auth=(a",
        "set_password(",
        "-u a:",
        "password=\nor",
    )

    def seconds(length):
        started = process_time()
        for piece in pieces:
            holds("a.yaml", piece * (length // len(piece)))
        return process_time() - started

    seconds(2**12)  # what the first call prepares
    assert seconds(2**18) < 8 * seconds(2**16)  # four times the text; the square would be sixteen times


def test_secrets_stay_here(tiny):
    (tiny.path / "tiny/tokens.txt").write_text("committed\n")
    (tiny.path / "conf/db.yaml").write_text("host: here\n")
    tiny.commit()
    (tiny.path / "tiny/tokens.txt").write_text(PLANTED)  # tracked
    (tiny.path / "conf/db.yaml").write_text(f"host: postgresql://ann:{PLANTED}@there/db\n")
    (tiny.path / ".gitignore").write_text("ignored.py\n")
    contents = {
        **dict.fromkeys((".env", "credentials.yaml", "notes.txt", "tiny/.ENV.local", "tiny/sub/server.PEM"), PLANTED),
        **dict.fromkeys(("tiny/My_Secret.py", "src/id_rsa", "tiny/ignored.py", "other/x.py"), PLANTED),
        "conf/mail.yaml": f"password: {PLANTED}\n",
        "tiny/code.py": f'API_KEY = "{PLANTED}"\n',
        "tiny/value.py": f"x = '{PLANTED}'\n",  # that of a variable of the environment
        "conf/wide.yaml": f"password: {PLANTED}\n".encode("utf-16"),
        "tiny/good.py": "x = 1\npassword = getpass()\n",
    }
    for name, content in contents.items():
        (tiny.path / name).parent.mkdir(exist_ok=True, parents=True)
        (tiny.path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    tiny.run("git", "add", "-f", "tiny/My_Secret.py")
    kept = Kept(tiny, MY_PASSWORD=PLANTED)
    assert PLANTED.encode() not in kept.diff
    assert b"+x = 1" in kept.diff
    assert b"+ignored.py" in kept.diff
    assert "name says secret" in kept.why("tiny/tokens.txt") + kept.why("tiny/My_Secret.py") + kept.why("src/id_rsa")
    for name in ("conf/db.yaml", "conf/mail.yaml", "conf/wide.yaml", "tiny/code.py", "tiny/value.py"):
        assert "holds a password" in kept.why(name)
    assert "not below conf, src, tiny" in kept.why("notes.txt")
    assert kept.why("other/")
    assert "ignored" not in " ".join(kept.left_out)
    there = kept.apply(tiny.path.parent / "there")
    assert (there / "tiny/good.py").read_text() == contents["tiny/good.py"]


def test_it_applies_whatever_changed_and_the_users_index_stays(tiny):
    files = {"text": b"one\ntwo\n", "latin": "Köln\n".encode("latin-1") * 9, "zeros": bytes(range(256)), "mode": b"x\n"}
    for name, content in files.items():
        (tiny.path / "tiny" / name).write_bytes(content)
    (tiny.path / "tiny/link").symlink_to("text")
    tiny.commit()
    settings = tiny.path / "conf/config.yaml"
    settings.write_text(settings.read_text().replace("seed: 0", "seed: 7").removesuffix("\n"))
    (tiny.path / "tiny/latin").write_bytes("Düren\r\n".encode("latin-1"))
    (tiny.path / "tiny/zeros").write_bytes(bytes(range(255, -1, -1)))
    (tiny.path / "tiny/mode").chmod(0o755)
    (tiny.path / "tiny/link").unlink()
    (tiny.path / "tiny/link").write_text("a file now\n")
    (tiny.path / "tiny/pages.py").unlink()
    for name in ("new.py", "ä b.py", 'q"uo\te.py', "empty.py"):
        (tiny.path / "tiny" / name).write_text("" if name == "empty.py" else "diff --git a/x b/x\n")
    tiny.run("git", "mv", "tiny/text", "tiny/moved")
    tiny.run("git", "rm", "-q", "tiny/settings.py")
    for key, value in (("color.ui", "always"), ("diff.noprefix", "true"), ("diff.external", "false"),
                       ("diff.renames", "copies"), ("status.showUntrackedFiles", "no")):  # fmt: skip
        tiny.run("git", "config", key, value)
    before = tiny.run("git", "status", "--porcelain", "-uall").stdout
    kept = Kept(tiny)
    assert tiny.run("git", "status", "--porcelain", "-uall").stdout == before
    assert kept.left_out == []
    there = kept.apply(tiny.path.parent / "there")
    for folder in ("conf", "tiny"):
        here = {file.name: file for file in (tiny.path / folder).iterdir() if file.is_file()}
        assert {file.name for file in (there / folder).iterdir()} == set(here)
        for name, file in here.items():
            assert (there / folder / name).read_bytes() == file.read_bytes()
            assert (there / folder / name).stat().st_mode == file.stat().st_mode


@pytest.mark.long
def test_what_is_large_is_left_out_and_memory_is_bounded(tiny):
    line = b"0.123456,0.234567,0.345678,0.456789\n" * 30_000
    big = tiny.path / "tiny/big.csv"
    big.write_bytes(line * 28)  # 30 MB
    tiny.commit()
    with big.open("r+b") as file:  # as long as before: git has to read it
        file.write(b"9")
    with (tiny.path / "src/new.raw").open("wb") as file:
        file.truncate(400 * 2**20)
    for number in range(8):
        (tiny.path / f"tiny/part{number}.txt").write_bytes(line[:900_000])
    kept = Kept(tiny)
    assert "larger than 1 MiB" in kept.why("tiny/big.csv") + kept.why("src/new.raw")
    assert "larger than 1 MiB" in kept.why("src/new.raw")
    assert len([entry for entry in kept.left_out if "5 MiB or 1000 files in all" in entry]) == 3
    assert kept.kilobytes < 40_000
    kept.apply(tiny.path.parent / "there")


def test_a_project_can_keep_none(tiny):
    project = tiny.path / "tiny/project.py"
    project.write_text(project.read_text().replace('served="tinylib"', 'uncommitted=False,\n    served="tinylib"'))
    kept = Kept(tiny)
    assert kept.diff == b""
    assert kept.left_out == ["all of it (the project keeps none)"]


@pytest.mark.long
def test_in_a_folder_of_a_larger_repository_it_is_the_same(tiny):
    (tiny.path / ".git").rename(tiny.path.parent / ".git")
    tiny.run("git", "add", "-A", "..")
    tiny.run("git", "commit", "-qm", "moved")
    (tiny.path / "tiny/new.py").write_text("x = 1\n")
    (tiny.path / "tiny/make.py").write_text("changed\n")
    (tiny.path / "tiny/.env").write_text(PLANTED)
    kept = Kept(tiny)
    assert kept.left_out == ["tiny/tiny/.env (its name says secret)"]
    there = kept.apply(tiny.path.parent.parent / f"there_{tiny.path.parent.name}") / "tiny"
    assert (there / "tiny/new.py").read_text() == "x = 1\n"
    assert (there / "tiny/make.py").read_text() == "changed\n"


def test_of_data_the_name_and_the_hash_are_kept_but_not_the_content(tiny):
    committed, folder = tiny.path / "inputs/known.txt", tiny.path / "inputs"
    folder.mkdir()
    committed.write_text("one\n")
    (tiny.path / "table.csv").write_text("1,2\n")
    tiny.commit()
    committed.write_text(f"{PLANTED}\n")
    (tiny.path / "table.csv").write_text(f"1,{PLANTED}\n")
    (folder / "new.csv").write_text(f"{PLANTED}\n")
    (tiny.path / "conf/more.npy").write_bytes(PLANTED.encode())
    kept = Kept(tiny)
    assert PLANTED.encode() not in kept.diff
    for path in ("inputs/known.txt", "table.csv", "inputs/new.csv", "conf/more.npy"):
        md5 = hashlib.md5((tiny.path / path).read_bytes(), usedforsecurity=False).hexdigest()
        assert kept.why(path) == f"{path} (data, md5 {md5})"


def test_a_name_that_is_no_text_is_told_by_its_escapes(tiny):
    (tiny.path / "inputs").mkdir()
    (Path(os.fsdecode(os.fsencode(tiny.path / "inputs") + b"/caf\xe9.csv"))).write_text("1\n")
    (told,) = Kept(tiny).left_out
    assert told.startswith("inputs/caf\\udce9.csv (data, md5 ")  # a database takes no half of a character


def test_data_is_known_by_more_endings_in_new_folders_and_as_what_stages_read(tiny):
    graph = yaml.safe_load((tiny.path / "dvc.yaml").read_text())
    graph["stages"]["make"]["deps"] += ["raw", "people.txt"]
    (tiny.path / "dvc.yaml").write_text(yaml.safe_dump(graph))
    read = [tiny.path / "people.txt", tiny.path / "raw/table.json"]
    (tiny.path / "raw").mkdir()
    for file in (*read, tiny.path / "raw/clean.py"):
        file.write_text("committed\n")
    tiny.commit()
    (tiny.path / "raw/clean.py").write_text("x = 1\n")
    new = [tiny.path / name for name in ("inputs/more/a.txt", "other/b.Jsonl", "src/c.pt")]
    for file in (*read, *new):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{PLANTED} {file.name}\n")
    (tiny.path / "other/plain.txt").write_text(PLANTED)
    kept = Kept(tiny)
    assert PLANTED.encode() not in kept.diff
    assert b"+x = 1" in kept.diff
    for file in (*read, *new):
        path = file.relative_to(tiny.path).as_posix()
        md5 = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        assert kept.why(path) == f"{path} (data, md5 {md5})"
    assert "not below conf, src, tiny" in kept.why("other/")


def test_what_a_stage_writes_for_the_first_time_is_no_change_but_an_edit_of_it_is(tiny):
    graph = yaml.safe_load((tiny.path / "dvc.yaml").read_text())
    outs = [{name: {"cache": False, "persist": True}} for name in ("conf.lock.yaml", "params.yaml")]
    graph["stages"]["compose"] = {"cmd": "tracked compose", "deps": ["conf"], "outs": outs}
    (tiny.path / "dvc.yaml").write_text(yaml.safe_dump(graph))
    (tiny.path / "params.yaml").unlink()
    tiny.commit()
    tiny.run("tracked", "compose")
    assert tiny.run("git", "status", "--short").stdout == "?? conf.lock.yaml\n?? params.yaml\n"
    kept = Kept(tiny)
    assert (kept.diff, kept.left_out) == (b"", [])
    tiny.commit()
    (tiny.path / "params.yaml").write_text("seed: 4\n")
    assert b"+seed: 4" in Kept(tiny).diff


@pytest.mark.long
def test_a_name_in_no_encoding_is_shown_and_stops_nothing(tiny):
    """As a file, tracked, new, in a folder of code or of settings, of data, and as a folder's."""
    name, root = b"K\xf6ln", os.fsencode(tiny.path)
    files = [
        b"tiny/%b.py",
        b"conf/%b.yaml",
        b"%b.txt",
        b"%b/x.txt",
        b"inputs/%b.csv",
        b"tiny/%b.csv",
        b"tiny/secret-%b",
    ]
    files = [file % name for file in files]

    def write(content):
        for file in files:
            path = os.path.join(root, file)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            Path(os.fsdecode(path)).write_bytes(content)

    write(b"x: 1\n")
    tiny.stages("make")
    page = tiny.runs()[0]["tags"]["mlflow.note.content"]
    for path in (
        r"K\udcf6ln.txt",
        r"K\udcf6ln/",
        r"inputs/K\udcf6ln.csv",
        r"tiny/K\udcf6ln.csv",
        r"tiny/secret-K\udcf6ln",
    ):
        assert path in page
    tiny.commit()
    write(b"x: 2\n")
    tiny.settings(seed=3)
    tiny.stages("make")
    kept = Kept(tiny)
    assert rb"K\366ln" in kept.diff or name in kept.diff
    there = kept.apply(tiny.path.parent / "there")
    for file in files[:2]:
        assert Path(os.fsdecode(os.path.join(os.fsencode(there), file))).read_bytes() == b"x: 2\n"
