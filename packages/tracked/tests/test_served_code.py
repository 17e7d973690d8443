"""The code that goes with a model holds no secrets, and is otherwise whole."""

import sys

COPY = """
from pathlib import Path
from tracked.project import here
from tracked.runs import served_code
served_code.copy(here().code / "src/tinylib", Path("copied"))
"""
PLANTED = "pl4nted"


def test_a_package_is_copied_without_secrets_and_what_git_ignores(tiny):
    (tiny.path / ".gitignore").write_text("__pycache__/\nprivate.json\n")
    package = tiny.path / "src/tinylib"
    (tiny.path / "outside.txt").write_text(PLANTED)
    for name in (".env", "id_rsa", "api_key.txt", "private.json", "__pycache__/x.pyc"):
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text(PLANTED)
    (package / "mail.yaml").write_text(f"password: {PLANTED}\n")
    (package / "link.txt").symlink_to(tiny.path / "outside.txt")
    (package / "mail.py").write_text(f"PASSWORD = '{PLANTED}'\n")
    (package / "data").mkdir()
    (package / "data/classes.csv").write_text("0,1\n")
    (package / "new.py").write_text("x = 1\n")
    done = tiny.run(sys.executable, "-c", COPY)
    copied = tiny.path / "copied/tinylib"
    files = {file.relative_to(copied).as_posix() for file in copied.rglob("*") if file.is_file()}
    assert files == {"__init__.py", "serving.py", "new.py", "data/classes.csv"}
    (line,) = done.stderr.splitlines()
    assert "mail.py contains a password or key: the model is logged without this file" in line
    assert PLANTED not in line
