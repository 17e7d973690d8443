"""`python -m diagnoses.one_folder FOLDER FILE` checks one folder, and appends what it finds to FILE, as lines of JSON.

What FILE has already is not checked again: this is started once more after a check that did not end.
"""

import json
import os
import sys
from pathlib import Path

from checks import CHECKS, results

from .handed_in import read


def main(folder, file):
    os.chdir(folder)

    def note(**entry):
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(entry) + "\n")

    known = {name: state for name, (state, _) in read(file, CHECKS).items()}
    for name, state, line in results(folder, known, lambda name: note(loading=name)):
        note(check=name, state=state, line=line)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
