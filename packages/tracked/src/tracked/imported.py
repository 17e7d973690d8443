"""A trick: modules that were imported are forgotten, so that others of the same names can be imported.

A process has one table of modules. Launchers use a worker again for another project, and a served model brings its own
copy of a package: without this, both would run the code that was imported first.
"""

import sys
from collections.abc import Collection
from importlib import invalidate_caches
from pathlib import Path
from types import ModuleType


def forget(packages: Collection[str], kept: Collection[str] = ()) -> None:
    """Forget these packages and top-level modules with all that is in them, but not the modules named in `kept`."""
    for name in [name for name in sys.modules if name.partition(".")[0] in packages and name not in kept]:
        del sys.modules[name]
    invalidate_caches()


def below(folders: Collection[str]) -> set[str]:
    """The packages and modules at the top that Python found in these folders."""
    return {name for name, module in sys.modules.items() if name != "__main__" and _folder(module) in folders}


def _folder(module: ModuleType) -> str:
    """The folder that Python found a module in, a package's the one around it; "" for those that are no files."""
    place = next(iter(getattr(module, "__path__", [])), None) or getattr(module, "__file__", None)
    return str(Path(place).parent) if place else ""
