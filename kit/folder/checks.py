"""check("softmax") says whether your softmax is right, and if not, what is wrong with it.

In a terminal:

    python checks.py              what holds in this folder, function by function
    python checks.py FOLDER ...   the same of other folders, as a teacher reads what was handed in
"""

import os
import sys
import warnings
from pathlib import Path

import numpy as np
from diagnoses import first_part, functions, gradient, network, training
from diagnoses.students_module import load, where
from diagnoses.tell import Wrong

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # else TensorFlow prints more about this machine than the checks say

ON_FUNCTIONS = ("sigmoid", "softmax", "init")
CHECKS = {  # name: (question, file, check, the names that it builds on)
    "split_and_scale": (1, "first_part.py", first_part.split_and_scale, ()),
    "recover": (1, "first_part.py", first_part.recover, ()),
    "one_hot": (2, "first_part.py", first_part.one_hot, ()),
    "mistakes": (9, "first_part.py", first_part.mistakes, ()),
    "sigmoid": (11, "neural_net.py", functions.sigmoid, ()),
    "dsigmoid": (11, "neural_net.py", functions.dsigmoid, ()),
    "softmax": (11, "neural_net.py", functions.softmax, ()),
    "nll": (11, "neural_net.py", functions.nll, ()),
    "init": (13, "neural_net.py", network.init, ()),
    "forward": (13, "neural_net.py", network.forward, ON_FUNCTIONS),
    "forward_with_hidden": (13, "neural_net.py", network.forward_with_hidden, ON_FUNCTIONS),
    "grad_loss": (13, "neural_net.py", gradient.grad_loss, ("dsigmoid", "nll", "forward", "forward_with_hidden")),
    "train_sample": (13, "neural_net.py", training.train_sample, ("grad_loss",)),
    "fit": (13, "neural_net.py", training.fit, ("train_sample",)),
    "predict": (13, "neural_net.py", network.predict, ("forward",)),
    "learns": (14, "neural_net.py", training.learns, ("fit", "predict")),
}


def check(name, folder="."):
    """Print that it is right, with a remark where there is one, or raise Wrong, which says what is wrong."""
    if name not in CHECKS:
        raise Wrong(f"there is no check {name!r}: it is one of {', '.join(CHECKS)}")
    remark = run(name, Path(folder))
    print(f"question {CHECKS[name][0]}, {name}: right." + (f" {remark}" if remark else ""))


def run(name, folder):
    """The remark, or None. Raises Wrong; where something is wrong that the function builds on, of that."""
    for other in foundations(name):
        try:
            run_alone(other, folder)
        except Wrong as wrong:
            raise Wrong(f"question {CHECKS[name][0]}, {name} builds on {other}, and there it says: {wrong}") from None
    return run_alone(name, folder)


def foundations(name):
    """The names that it builds on, and what these build on, first things first."""
    found = {}
    for other in CHECKS[name][3]:
        found |= dict.fromkeys([*foundations(other), other])
    return list(found)


def run_alone(name, folder):
    question, file, own_check, _ = CHECKS[name]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.random.seed(0)
            return own_check(load(folder / file))
    except NotImplementedError as blank:
        message = f"still to be written: {str(blank).split(': ', 1)[-1]}"
    except Wrong as wrong:
        message = str(wrong)
    except Exception as error:
        message = where(error, folder / file)
    raise Wrong(f"question {question}, {name}: {message}")


def report(folder):
    """Print a line for each check; returns how many hold."""
    right = 0
    for name in CHECKS:
        try:
            check(name, folder)
            right += 1
        except Wrong as wrong:
            print(wrong)
    print(f"{folder}: {right} of {len(CHECKS)} right")
    return right


if __name__ == "__main__":
    sys.exit(any([report(folder) < len(CHECKS) for folder in sys.argv[1:] or ["."]]))
