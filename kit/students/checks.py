"""check("softmax") says whether your softmax is right, and if not, what is wrong with it.

In a notebook, check("softmax") looks at the file beside it, check("softmax", softmax) at what the cells define. In a
terminal:

    python checks.py                       what holds in this folder, function by function
    python checks.py FOLDER ...            the same of other folders, each in a process of its own, and a table
    python checks.py FOLDER --csv FILE     the table as a file, too

FOLDER is a student's folder, a pattern as "handed_in/*", or a folder of students' folders.
"""

import argparse
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # else TensorFlow prints more about this machine than the checks say

import numpy as np
from diagnoses import first_part, functions, gradient, network, training
from diagnoses.students_module import Cells, Files
from diagnoses.tell import Blank, Unreadable, Waits, Wrong, plain

ON_FUNCTIONS = ("sigmoid", "softmax", "init")
CHECKS = {  # name: (question, file, check, the names that it builds on)
    "split_and_scale": (1, "first_part.py", first_part.split_and_scale, ()),
    "recover": (1, "first_part.py", first_part.recover, ()),
    "one_hot": (2, "first_part.py", first_part.one_hot, ()),
    "mistakes": (9, "first_part.py", first_part.mistakes, ()),
    "sigmoid": (11, "neural_net.py", functions.sigmoid, ()),
    "dsigmoid": (11, "neural_net.py", functions.dsigmoid, ("sigmoid",)),
    "softmax": (11, "neural_net.py", functions.softmax, ()),
    "nll": (11, "neural_net.py", functions.nll, ()),
    "init": (13, "neural_net.py", network.init, ()),
    "forward": (13, "neural_net.py", network.forward, ON_FUNCTIONS),
    "forward_with_hidden": (13, "neural_net.py", network.forward_with_hidden, ("forward",)),
    "grad_loss": (13, "neural_net.py", gradient.grad_loss, ("dsigmoid", "nll", "forward_with_hidden")),
    "train_sample": (13, "neural_net.py", training.train_sample, ("grad_loss",)),
    "fit": (13, "neural_net.py", training.fit, ("train_sample",)),
    "predict": (13, "neural_net.py", network.predict, ("forward",)),
    "learns": (14, "neural_net.py", training.learns, ("fit", "predict")),
}


def check(name, where="."):
    """Print that it is right, with a remark where there is one, or raise Wrong, which says what is wrong.

    `where` is the folder with the files, or the function itself; for the methods, the class.
    """
    if name not in CHECKS:
        raise Wrong(f"there is no check {name!r}: it is one of {', '.join(CHECKS)}")
    source = Files(where) if isinstance(where, str | os.PathLike) else Cells(name, where)
    for other in foundations(name):
        try:
            run(other, source)
        except Wrong as wrong:
            raise Waits(f"{asked(name)} builds on {other}, and there it says: {wrong}") from None
    print(right(name, run(name, source)))


def asked(name):
    return f"question {CHECKS[name][0]}, {name}"


def right(name, remark):
    return f"{asked(name)}: right." + (f" {remark}" if remark else "")


def foundations(name):
    """The names that it builds on, and what these build on, first things first."""
    found = {}
    for other in CHECKS[name][3]:
        found |= dict.fromkeys([*foundations(other), other])
    return list(found)


def run(name, source):
    """The remark of a single check, or None. Raises Wrong."""
    _, file, own_check, _ = CHECKS[name]
    kind = Wrong
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings(), source.module(file) as module:
            warnings.simplefilter("ignore")
            np.random.seed(0)
            return own_check(module)
    except NotImplementedError as blank:
        kind, message = Blank, f"still to be written: {str(blank).split(': ', 1)[-1]}"
    except Wrong as wrong:
        kind, message = type(wrong), str(wrong)
    except (Exception, SystemExit) as error:
        message = source.where(error)
    raise kind(f"{asked(name)}: {plain(message)}")


def results(folder, known=(), loading=lambda name: None):
    """Each check's name, what became of it, and a line: "right", "wrong", "blank", "unreadable" or "waits".

    It reports each mistake once: what builds on it waits. `known` has what was found out before, as pairs of names and
    what became of them; `loading` is called with the file that is being loaded, and with None after it.
    """
    source, states = Files(folder, loading), dict(known)
    for name in CHECKS:
        if name in states:
            continue
        file = CHECKS[name][1]
        unread = [other for other in states if states[other] == "unreadable" and CHECKS[other][1] == file]
        below = [other for other in foundations(name) if states[other] in ("wrong", "blank")]
        if unread or below:
            state, line = "waits", f"{asked(name)}: waits for {file if unread else below[0]}"
        else:
            state, line = alone(name, source)
        states[name] = state
        yield name, state, line


def alone(name, source):
    try:
        return "right", right(name, run(name, source))
    except Unreadable as wrong:
        return "unreadable", str(wrong)
    except Blank as wrong:
        return "blank", str(wrong)
    except Wrong as wrong:
        return "wrong", str(wrong)


def own_folder():
    """Print a line for each check of this folder; whether all hold."""
    states = []
    for _, state, line in results("."):
        print(line, flush=True)
        states.append(state)
    print(f"{states.count('right')} of {len(CHECKS)} right")
    return states.count("right") == len(CHECKS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", metavar="FOLDER")
    parser.add_argument("--csv", type=Path, metavar="FILE")
    parser.add_argument("--limit", type=float, default=60, metavar="SECONDS", help="that a check may take (60)")
    options = parser.parse_args()
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console of Windows has no place for some of what students write
    if not options.folders and not options.csv:
        return own_folder()
    from diagnoses import handed_in

    return handed_in.report(options.folders or ["."], CHECKS, options.csv, options.limit)


if __name__ == "__main__":
    sys.exit(not main())
