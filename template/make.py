"""Write a project of one's own: `make new DEST=../mine NAME=mine` says `python template/make.py ../mine mine`.

What it shares with this project is taken from the last commit (TAKEN), some of it changed (CHANGED); the rest is in
`folder/`, where the word NAME stands for the project's name. So nothing is there twice that could drift apart.
The library `tracked` goes along as a wheel in `wheels/`, which the lock file and pyproject.toml name by its path.
"""

import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tomllib
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "folder"
OURS = "digitrack"
LIBRARY = "packages/tracked"
TAKEN = (
    ".dvc", ".dvcignore", ".gitignore", ".pre-commit-config.yaml", "Makefile", "conf/hydra", "pipeline/__init__.py",
    "pipeline/__main__.py", "pyproject.toml", "requirements.lock", "tests/conftest.py",
)  # fmt: skip
# Make, shells and the addresses of stores read these in another way; most of them can't be escaped in a Makefile.
UNFIT = r"[\s$:;#%&|<>()\[\]{}*?!'\"`\\]"
# Of that, what a project without Ray has no use for.
LEFT = (".dvc/plots/", "conf/hydra/launcher/ray.yaml")
TARGETS = (
    "SHELL", ".PHONY", "help", "repro", "test", "test-all", "lint", "ui", "server", "LOCK", "lock", "clean", "gc",
    ".venv/uv", "OURS", ".venv/installed",
)  # fmt: skip
# Regular expressions, and what is put in their place. Each has to be found: what it was written for may have changed.
CHANGED = {
    ".gitignore": [(r"^/(practical/|docs/practical\.html)\n", "")],
    "Makefile": [
        (r"^\.PHONY: (.*\\\n)*.*", f".PHONY: {' '.join(name for name in TARGETS if name[0].islower())}"),
        (r'"not long .*"', '"not whole"'),
        (r" packages/tracked/pyproject\.toml", ""),
        (r" --extra sweep --extra team", ""),
        (r" --editable packages/tracked", ""),
        (r"^# By their folders: .*\n", ""),
        (r" and tracked themselves \.\.\.", " itself ..."),
        (r"walks of the documents, a third network, \.\.\.", "everything twice, ..."),
        (r", and requirements-ray.*? beside it,", ""),
        (r"^\t@.*--group study .*\n([\t#].*\n)*", ""),  # nor the lock that it makes for Ray
        (r"TensorFlow is large: about", "about"),
        (r'", docs/team\.md', '"'),
    ],
    "pyproject.toml": [
        (r"^description = .*", 'description = "A tracked experiment pipeline, with DVC, Hydra and MLflow"'),
        (r"^(license|license-files) = .*\n", ""),
        (r'^    "(keras|tensorflow)>=.*\n', ""),
        (r"^pipeline = .*", 'pipeline = ["pydantic>=2.10", "tracked[sweep,team]"]  # tracked is the wheel below'),
        (r"^(bench|study) = .*\n", ""),
        (r'^    "(ipykernel|jinja2|jupytext|mlxtend|nbclient|playwright)>=.*\n', ""),
        (r'^    "(long|soak|study|cluster|team): .*\n', ""),
        (r"^    .*Keras'.*\n", ""),
        (r"^(?=\[tool\.tracked\])", '[tool.uv.sources]\ntracked = { path = "WHEEL" }\n\n'),
        (r', "packages/tracked/(src|tests)"', ""),
        (r"^extend-exclude = .*\n", ""),
        (r'^\[tool\.ruff\.lint\.per-file-ignores\]\n(["#].*\n)*\n', ""),
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
    folders = {Path(path).parts[0] for path in (*TAKEN, *files())} | {"wheels", "outputs", "multirun", "mlartifacts"}
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
    made, (wheel, library) = {}, build()
    for path, content in taken().items():
        text = content.decode()
        if path == "Makefile":
            text = only_targets(text)
        for pattern, new in CHANGED.get(path, ()):
            text, found = re.subn(pattern, new, text, flags=re.M)
            if not found:
                sys.exit(f"template/make.py: {path} has no {pattern!r} any more")
        made[path] = text.replace(OURS, name).replace("WHEEL", wheel)
    entry = f"{wheel} \\\n    --hash=sha256:{hashlib.sha256(library).hexdigest()}\n"
    made["requirements.lock"] = only_needed(made["requirements.lock"], asked(made["pyproject.toml"], name), entry)
    for path in files():
        text = (FOLDER / path).read_text()
        made[re.sub(r"\bNAME\b", name, path)] = re.sub(r"\bNAME\b", name, text)
    return {wheel: library} | {path: text.encode() for path, text in made.items()}


def build() -> tuple[str, bytes]:
    """The wheel of `tracked` as of the last commit: its path in the project, and its bytes, the same each time."""
    with TemporaryDirectory() as folder:
        for path, content in archived(LIBRARY).items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(content)
        # By the locked hatchling, which is installed: nothing is looked up.
        how = ("-q", "--wheel", "--no-build-isolation", "--python", sys.executable)
        run(
            str(Path(sys.executable).with_name("uv")),
            "build",
            *how,
            "--out-dir",
            "wheels",
            LIBRARY,
            folder=Path(folder),
        )
        (wheel,) = Path(folder).glob("wheels/*.whl")
        return f"wheels/{wheel.name}", wheel.read_bytes()


def files() -> list[str]:
    """The template's own files, by their paths in it."""
    found = [file for file in sorted(FOLDER.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
    return [file.relative_to(FOLDER).as_posix() for file in found]


def taken() -> dict[str, bytes]:
    """What is taken as it is, or changed."""
    return {path: content for path, content in archived(*TAKEN).items() if not path.startswith(LEFT)}


def archived(*paths: str) -> dict[str, bytes]:
    """Files of this project's last commit."""
    archive = run("git", "archive", "HEAD", *paths)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        read = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        return {path: file.read() for path, file in read.items() if file}


def only_targets(makefile: str) -> str:
    """The paragraphs of a Makefile that begin with one of TARGETS, with comments before it."""
    first = r"^(?:#.*\n)*([\w./-]+)"
    return "\n\n".join(part for part in makefile.split("\n\n") if (re.match(first, part) or "  ")[1] in TARGETS) + "\n"


def asked(pyproject: str, name: str) -> dict[str, list[str]]:
    """What the project and `tracked` ask for by name, and who asks, as uv notes it in a lock file."""
    (theirs,) = archived(f"{LIBRARY}/pyproject.toml").values()
    mine, library = tomllib.loads(pyproject), tomllib.loads(theirs.decode())["project"]
    extras = [each for extra in ("sweep", "team") for each in library["optional-dependencies"][extra]]
    found: dict[str, list[str]] = {}
    for by, requirements in {
        f"{name} (pyproject.toml)": mine["project"]["dependencies"],
        **{f"{name} (pyproject.toml:{group})": listed for group, listed in mine["dependency-groups"].items()},
        "tracked": [*library["dependencies"], *extras],
    }.items():
        for each in {re.split(r"[^\w-]", requirement)[0] for requirement in requirements}:
            found.setdefault(each, []).append(by)
    return found


def only_needed(lock: str, direct: dict[str, list[str]], wheel: str) -> str:
    """A lock file with the wheel's entry, without the packages that nothing needs any more: uv notes below each
    package what does.

    Versions and hashes stay as they are, so nothing is looked up.
    """
    notes = {text: re.findall(r"^    #(?:   | via )([^\s(]+)$", text, re.M) for text in locked(lock)}
    needed = set(direct)
    while more := {package(text) for text in notes if needed & set(notes[text])} - needed:
        needed |= more
    made = {"tracked": wheel + via(direct["tracked"])}
    for text, noted in notes.items():
        if package(text) in needed:
            mine = direct.get(package(text), [])
            by = sorted({*mine, *(needed & set(noted))}, key=lambda each: (" (" not in each, each))
            made[text] = re.sub(r"(?:^    #.*\n)+", via(by), text, flags=re.M)
    return "".join(made[text] for text in sorted(made, key=package))


def via(by: list[str]) -> str:
    """uv's note of what needs a package."""
    return f"    # via {by[0]}\n" if len(by) == 1 else "".join(["    # via\n", *(f"    #   {each}\n" for each in by)])


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
