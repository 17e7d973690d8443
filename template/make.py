"""Write a project of one's own: `make new DEST=../mine NAME=mine` says `python template/make.py ../mine mine`.

What it shares with this project is taken from the last commit (TAKEN), some of it changed (CHANGED); the rest is in
`folder/`, where the word NAME stands for the project's name. So nothing is there twice that could drift apart.
"""

import io
import re
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "folder"
OURS = "digitrack"
TAKEN = (
    ".dvc", ".dvcignore", ".gitignore", ".pre-commit-config.yaml", "LICENSE", "Makefile", "completion.bash",
    "conf/hydra", "pipeline/__init__.py", "pipeline/__main__.py", "pipeline/backup.py", "pipeline/compose.py",
    "pipeline/garbage.py", "pipeline/move.py", "pipeline/restored.py", "pipeline/server.py", "pipeline/ui.py",
    "pyproject.toml", "requirements.lock", "src/hydra_plugins", "src/tracked", "tests/conftest.py", "tests/tracked",
)  # fmt: skip
# Make, shells and the addresses of stores read these in another way; most of them can't be escaped in a Makefile.
UNFIT = r"[\s$:;#%&|<>()\[\]{}*?!'\"`\\]"
# Of that, what a project without Ray and without this one's sweeps has no use for.
LEFT = (".dvc/plots/", "conf/hydra/launcher/ray.yaml", "tests/tracked/test_overrides.py")
MOVED = {"LICENSE": "src/tracked/LICENSE"}  # it is about that folder; how the rest is licensed, its authors say
TARGETS = (
    "SHELL", ".PHONY", "help", "repro", "test", "test-tracked", "test-all", "soak", "lint", "ui", "server", "LOCK",
    "lock", "clean", "gc", ".venv/uv", ".venv/installed",
)  # fmt: skip
TRACKED = """test-tracked: .venv/installed  ## test src/tracked, in case it or the locked packages changed (minutes)
\t@python -m pytest -n 2 --dist loadgroup -m "not soak" tests/tracked

"""
# Regular expressions, and what is put in their place. Each has to be found: what it was written for may have changed.
CHANGED = {
    ".dvcignore": [(r"^\.venv-ray\n", "")],
    ".gitignore": [(r"^/(\.venv-ray|practical/|docs/practical\.html)\n", "")],
    "LICENSE": [(f"The {OURS} authors", "The authors of tracked")],
    "Makefile": [
        (r"^\.PHONY: (.*\\\n)*.*", f".PHONY: {' '.join(name for name in TARGETS if name[0].islower())}"),
        (r"%-11s", "%-12s"),  # the longest of TARGETS
        # What nobody is to change is tested apart.
        (r" and not cluster and not team and not study\"", '" --ignore tests/tracked'),
        (r"^test-all: (.*\n.* -m .*)", TRACKED + r"test-all: \1 --ignore tests/tracked"),
        (r"walks of the documents, a third network, \.\.\.", "everything twice, ..."),
        (r", and requirements-ray.*? beside it,", ""),
        (r"^\t@cp requirements\.lock requirements-ray.*\n(\t.*\n?)*", ""),
        (r"TensorFlow is large: about", "about"),
        (r'", docs/team\.md', '"'),
    ],
    "pyproject.toml": [
        (r"^description = .*", 'description = "A tracked experiment pipeline, with DVC, Hydra and MLflow"'),
        (r"^(license|license-files) = .*\n", ""),
        (r'^    "(keras|tensorflow|typing-extensions)>=.*\n', ""),
        (r"^(ray|bench|study) = .*\n", ""),
        (r'^    "(ipykernel|jinja2|jupytext|mlxtend|nbclient|playwright)>=.*\n', ""),
        (r'^    "(study|cluster|team): .*\n', ""),
        (r"^    .*Keras'.*\n", ""),
        (r"^extend-exclude = .*\n", ""),
        (r'^"src/digitrack/.*\n', ""),
        (r'^# (The name of the project|A notebook imports).*\n"(template|kit)/.*\n', ""),
        (r', "study"\]', "]"),
    ],
    "tests/conftest.py": [
        (r"; what measurements have\ntoo: a real browser, and served models\.", "."),
        (r"^from (importlib\.util|types) import .*\n", ""),
        (r"^BENCH = .*\n", ""),
        (r'\n\n@pytest\.fixture\(scope="session"\)\ndef browser(.*\n)*', ""),
    ],
}


def main(dest: str, name: str) -> None:
    """Write the project, and commit it. Exits with a line, and writes nothing, for a wrong DEST or NAME."""
    if not dest or not name:
        sys.exit("say where, and how the project is called: make new DEST=../mine NAME=mine")
    folder = Path(dest).expanduser().resolve()
    check_name(name)
    check_folder(dest, folder)
    try:
        for path, content in contents(name).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
            if content.startswith(b"#!"):
                (folder / path).chmod(0o755)
    except OSError as error:
        sys.exit(f"DEST={dest}: {error.strerror}: {error.filename}")
    # What follows from the name: the order of imports, and where lines are wrapped.
    run("ruff", "check", "-q", "--fix", "--select", "I", folder=folder)
    run("ruff", "format", "-q", folder=folder)
    commit(folder, name)
    print(f"{dest} is a project of its own, called {name}, with one commit. Next: cd {dest} && make repro")


def check_name(name: str) -> None:
    """Exit with a line when it can't be the name of the project's package, and of what pip installs."""
    right = "say NAME=wines or the like"
    if not re.fullmatch(r"[a-z]([a-z0-9_]*[a-z0-9])?", name) or iskeyword(name):
        sys.exit(f"NAME={name} is no name of a Python package in lower case: {right}")
    packages = {package(text).replace("-", "_") for text in locked((ROOT / "requirements.lock").read_text())}
    folders = {Path(path).parts[0] for path in (*TAKEN, *files())} | {
        "tiny",
        "tinylib",
        "outputs",
        "multirun",
        "mlartifacts",
    }
    if name in packages | folders or name in sys.builtin_module_names or find_spec(name):
        sys.exit(f"NAME={name} is the name of something else that is imported or installed: {right}")


def check_folder(dest: str, folder: Path) -> None:
    """Exit with a line when the project can't be written there."""
    if folder.is_relative_to(ROOT.resolve()):
        sys.exit(f"DEST={dest} is in this repository: say DEST=../{folder.name} or the like")
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        sys.exit(f"DEST={dest} is there, and is no empty folder: remove it, or say another")
    if found := re.search(UNFIT, str(folder)):
        sys.exit(f"DEST={dest} is {str(folder)!r}: make can't work in a path with {found[0]!r}, so say another")


def contents(name: str) -> dict[str, bytes]:
    """The bytes of each file, by its path."""
    made = {}
    for path, content in taken().items():
        text = content.decode()
        if path == "Makefile":
            text = only_targets(text)
        for pattern, new in CHANGED.get(path, ()):
            text, found = re.subn(pattern, new, text, flags=re.M)
            if not found:
                sys.exit(f"template/make.py: {path} has no {pattern!r} any more")
        made[MOVED.get(path, path)] = text.replace(OURS, name)
    made["requirements.lock"] = only_needed(made["requirements.lock"], made["pyproject.toml"], name)
    for path in files():
        text = (FOLDER / path).read_text()
        made[re.sub(r"\bNAME\b", name, path)] = re.sub(r"\bNAME\b", name, text)
    return {path: text.encode() for path, text in made.items()}


def files() -> list[str]:
    """The template's own files, by their paths in it."""
    found = [file for file in sorted(FOLDER.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
    return [file.relative_to(FOLDER).as_posix() for file in found]


def taken() -> dict[str, bytes]:
    """What is taken from this project's last commit."""
    archive = run("git", "archive", "HEAD", *TAKEN)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        read = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        return {path: file.read() for path, file in read.items() if file and not path.startswith(LEFT)}


def only_targets(makefile: str) -> str:
    """The paragraphs of a Makefile that begin with one of TARGETS, with comments before it."""
    first = r"^(?:#.*\n)*([\w./-]+)"
    return "\n\n".join(part for part in makefile.split("\n\n") if (re.match(first, part) or "  ")[1] in TARGETS) + "\n"


def only_needed(lock: str, pyproject: str, name: str) -> str:
    """A lock file without the packages that nothing needs any more: uv notes below each package what does.

    Versions and hashes stay as they are, so nothing is looked up.
    """
    notes = {text: re.findall(r"^    #(?:   | via )(.+)", text, re.M) for text in locked(lock)}
    direct = set(re.findall(r'^    "([\w-]+)(?:\[\w+\])?(?:[<>=].*)?",', pyproject, re.M))
    needed = set(direct)
    while more := {package(text) for text in notes if needed & {by.split()[0] for by in notes[text]}} - needed:
        needed |= more
    made = []
    for text, noted in notes.items():
        if package(text) in needed:
            asks = needed | {name} if package(text) in direct else needed
            by = [each for each in noted if each.split()[0] in asks]
            lines = [f"    # via {by[0]}"] if len(by) == 1 else ["    # via", *(f"    #   {each}" for each in by)]
            made.append(re.sub(r"(?:^    #.*\n)+", "\n".join([*lines, ""]), text, flags=re.M))
    return "".join(made)


def locked(lock: str) -> list[str]:
    """The packages of a lock file, each with its hashes and comments."""
    return re.findall(r"^[a-z0-9](?:.*\n)(?: +.*\n)*", lock, re.M)


def package(text: str) -> str:
    """The name in a package's lines in a lock file."""
    return re.split("[=;]", text)[0]


def commit(folder: Path, name: str) -> None:
    """Make a git repository of the folder, with one commit, by the user or, where git knows none, by the project."""
    run("git", "init", "-q", "-b", "main", folder=folder)
    run("git", "add", "-A", folder=folder)
    known = (
        subprocess.run(["git", "var", "GIT_AUTHOR_IDENT"], cwd=folder, capture_output=True, check=False).returncode == 0
    )
    author = () if known else ("-c", f"user.name={name}", "-c", f"user.email={name}@localhost")
    run("git", *author, "commit", "-q", "-m", f"Begin {name}", folder=folder)


def run(*command: str, folder: Path = ROOT) -> bytes:
    """What a command prints. Exits with a line when it fails."""
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    except FileNotFoundError:
        sys.exit(f"{command[0]} is not installed")
    except subprocess.CalledProcessError as error:
        told = (error.stderr or error.stdout).decode(errors="replace").split("\n")
        sys.exit(
            f"`{' '.join(command)}` failed in {folder}: {next(filter(None, reversed(told)), 'it does not say why')}"
        )


if __name__ == "__main__":
    main(*[*sys.argv[1:], "", ""][:2])
