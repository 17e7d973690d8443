"""The house as docs/architecture.md draws it, held against every import, inner ones counted."""

import ast
import re
from pathlib import Path

import pytest
import yaml

import tracked
from tracked import strays

ROOT = Path(__file__).parents[1]
HOMES = (ROOT / "packages/tracked/src", ROOT / "src", ROOT)  # of packages
FILES = sorted(
    file
    for file in [*(file for home in HOMES[:2] for file in home.rglob("*.py")), *(ROOT / "pipeline").glob("*.py")]
    if not any(part.startswith(".") for part in file.relative_to(ROOT).parts)  # as an editor's .ipynb_checkpoints/
)
OUTSIDE = sorted(  # of the rooms of the library
    file
    for pattern in ("study/**/*.py", "bench/*.py", "kit/**/*.py", "docs/*.py", "pipeline/*.py")
    for file in ROOT.glob(pattern)
)
ROOMS = {  # the only places that may import a library
    "mlflow": (*(f"tracked.{room}" for room in ("store", "runs", "serving", "admin")), "tracked.secrets.provenance"),
    "dvc": ("tracked.dvc.internals",),
    "keras": ("digitrack.keras_net",),
    "tensorflow": ("digitrack.keras_net",),
    "matplotlib": ("digitrack.plots",),
    "sklearn": ("digitrack.data.split", "digitrack.data.sources.openml"),
    "scipy": ("tracked.sweeps", "digitrack.plots"),
    "optuna": ("tracked.sweeps",),
    "hydra": ("tracked", "hydra_plugins", "pipeline.objects"),
    "ray": ("tracked.sweeps.ray_workers",),
}

# Which rooms of digitrack a room imports, besides `digitrack` itself.
ARROWS_OF_DIGITRACK = {
    "data": set(),
    "neural_net": set(),
    "scores": set(),
    "keras_net": {"data"},
    "training": {"scores"},
    "evaluation": {"data", "neural_net", "scores"},
    "plots": {"data"},
    "prediction": {"data", "keras_net", "neural_net"},
}

# Which rooms of tracked a room may import, besides the modules beside the rooms and `secrets.masking`, which imports
# nothing: only rooms that stand above it here.
ARROWS = {
    "settings": set(),
    "dvc": {"settings"},
    "secrets": {"dvc"},
    "pages": {"dvc", "secrets"},
    "store": {"pages", "secrets"},
    "runs": {"dvc", "pages", "secrets", "settings", "store"},
    "serving": {"runs"},
    "stages": {"dvc", "pages", "runs", "settings", "store"},
    "sweeps": {"dvc", "pages", "runs", "secrets", "settings", "stages", "store"},
    "admin": {"dvc", "pages", "runs", "secrets", "store"},
}


def name_of(file):
    home = next(home for home in HOMES if file.is_relative_to(home))
    return ".".join(file.relative_to(home).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(file): file for file in FILES}


def imports(name):
    """What a module imports wherever in it, but for types alone: the module of ours, or the name of another."""
    tree = ast.parse(MODULES[name].read_text())
    typing = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    skipped = {id(inner) for block in typing for inner in ast.walk(block)}
    package = name if MODULES[name].name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {known(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = ".".join(package.split(".")[: len(package.split(".")) + 1 - node.level]) if node.level else ""
            base = ".".join(filter(None, (home, node.module)))
            found |= {known(f"{base}.{alias.name}") for alias in node.names}
    return found - {name}


def known(name):
    """The longest part of a dotted name that is a module of ours, or the whole name."""
    parts = name.split(".")
    ours = [".".join(parts[:n]) for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in MODULES]
    return ours[0] if ours else name


GRAPH = {name: imports(name) for name in MODULES}


def reached(name, without=()):
    """The modules of ours that running a module imports, packages on the way included."""
    found, left = set(), [name]
    while left:
        module = left.pop()
        if module in found or module not in MODULES or module.startswith(without):
            continue
        found.add(module)
        left += [*GRAPH[module], *(".".join(module.split(".")[:n]) for n in range(1, module.count(".") + 1))]
    return found


def test_no_module_imports_itself_by_way_of_others():
    for name in MODULES:
        for imported in GRAPH[name] & set(MODULES):
            chain = {imported}
            while more := {b for a in chain for b in GRAPH[a] if b in MODULES} - chain:
                chain |= more
            assert name not in chain, f"{name} imports {imported}, which comes back to it"


def test_the_two_libraries_do_not_know_each_other_nor_the_project():
    for name in MODULES:
        house = name.split(".")[0]
        others = {"digitrack": ("tracked", "pipeline"), "tracked": ("digitrack", "pipeline")}.get(house, ())
        assert not [imported for imported in GRAPH[name] if imported.split(".")[0] in others], name


def test_rooms_of_tracked_import_only_rooms_above_them():
    found = {room: set() for room in ARROWS}
    for name in MODULES:
        if (room := room_of(name)) is not None:
            found[room] |= {room_of(imported) for imported in GRAPH[name] - {"tracked.secrets.masking"}}
    assert {room: rooms - {room, None} for room, rooms in found.items()} == ARROWS
    above = set()
    for room, rooms in ARROWS.items():
        assert rooms <= above, room
        above.add(room)


def test_rooms_of_digitrack_import_the_rooms_that_the_page_tells():
    found = {room: set() for room in ARROWS_OF_DIGITRACK}
    for name in MODULES:
        if (room := room_of(name, "digitrack")) in found:  # a room of your own may import what it likes
            found[room] |= {room_of(imported, "digitrack") for imported in GRAPH[name]}
    assert {room: rooms - {room, None} for room, rooms in found.items()} == ARROWS_OF_DIGITRACK


@pytest.mark.parametrize("arrows", [ARROWS, ARROWS_OF_DIGITRACK], ids=["tracked", "digitrack"])
def test_the_page_has_these_arrows(arrows):
    page = (ROOT / "docs/architecture.md").read_text()
    told = re.findall(r"^\| `(\w+)/`(?:, `(\w+)/`)? \| [^|]+ \| ([^|]*)\|$", page, re.M)
    rows = {room: set(re.findall(r"\w+", rooms)) for *names, rooms in told for room in filter(None, names)}
    assert {room: rooms for room, rooms in rows.items() if room in arrows} == arrows


def room_of(name, package="tracked"):
    parts = name.split(".")
    folder = MODULES[package].parent / parts[1] if len(parts) > 1 else None
    return parts[1] if parts[0] == package and folder and folder.is_dir() else None


def test_nothing_knows_the_study():
    assert not [name for name in MODULES if any(imported.split(".")[0] == "study" for imported in GRAPH[name])]


@pytest.mark.parametrize("file", OUTSIDE, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_the_rest_of_the_repository_uses_the_interface_of_tracked_alone(file):
    """Scripts that a file starts in other processes are text in it, so that the text is looked at."""
    text = file.read_text()
    assert not re.findall(r"^.*(?:from tracked\.|import tracked\.|-m\W+tracked\.|src/tracked).*$", text, re.M)
    names = {name for line in re.findall(r"from tracked import ([\w ,]+)", text) for name in line.split(",")}
    names |= set(re.findall(r"\btracked\.(\w+)\(", text))
    assert {name.strip() for name in names} <= set(tracked.__all__)


def test_stages_do_not_read_what_the_project_tells():
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
    for stage in stages.keys() - {"compose"}:
        assert not {"pipeline.project", "pipeline.pages"} & reached(f"pipeline.{stage}", without=("tracked",))


def test_tracked_takes_no_model_for_a_classifier_or_a_network():
    words = re.compile(
        r"accuracy|confusion|class_names|probabilit|\bnetworks?\b|_loss\b|\.npz|curves\.csv", re.IGNORECASE
    )
    files = [file for file in (ROOT / "packages/tracked/src").rglob("*") if file.suffix not in ("", ".pyc")]
    files = [file for file in files if not strays.is_stray(file.relative_to(ROOT))]
    assert len(files) > 100
    assert not [
        f"{file}: {line.strip()}" for file in files for line in file.read_text().splitlines() if words.search(line)
    ]


@pytest.mark.parametrize("library", ROOMS)
def test_a_library_is_imported_in_its_rooms_alone(library):
    users = {name for name in MODULES if any(imported.split(".")[0] == library for imported in GRAPH[name])}
    outside = {name for name in users if not any(f"{name}.".startswith(f"{room}.") for room in ROOMS[library])}
    assert not outside


@pytest.mark.parametrize("stage", yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"])
def test_a_stage_declares_the_rooms_that_it_imports_and_no_other(stage):
    """What can alter its outputs: all that it imports, but for the library around it, without which a test gets the
    same bytes. Only what is composed depends on how settings are read."""
    declared = {dep for dep in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"][stage]["deps"]}
    code = {dep for dep in declared if dep.startswith(("src/", "pipeline/"))}
    for part in ("dvc", "settings"):
        assert (f"packages/tracked/src/tracked/{part}" in declared) == (stage == "compose")
    start = "pipeline.settings" if stage == "compose" else f"pipeline.{stage}"
    needed = {room(MODULES[name]) for name in reached(start, without=("tracked",))}
    needed |= set() if stage == "compose" else {f"pipeline/{stage}.py"}
    needed |= {room(MODULES[name]) for name in named(stage)}
    assert code == needed, f"dvc.yaml, stage {stage}: deps are to be {sorted(needed)}"


def named(stage):
    """The modules of ours that a `_target_` names in the settings that a stage reads; `compose` asks them all."""
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    sections = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"][stage].get("params", settings)
    targets = re.findall(r"'_target_': '([\w.]+)'", str([settings.get(name) for name in sections]))
    return [module for name in targets for module in reached(known(name))]


def room(file):
    """A folder of src/PACKAGE, or the file itself where it lies in none."""
    parts = file.relative_to(ROOT).parts
    return "/".join(parts[:3]) if parts[0] == "src" else "/".join(parts)
