"""How checks read what students wrote, wherever it lies, and how they tell of it."""

import sys
from types import ModuleType

import numpy as np
import pytest

SOFTMAX = "return e / np.sum(e, axis=-1, keepdims=True)"


@pytest.fixture
def solution(handed_out):
    return (handed_out / "teacher/solution/neural_net.py").read_text()


@pytest.fixture
def handed_in(checks):
    from diagnoses import handed_in

    return handed_in


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_a_file_with_a_mark_at_its_beginning_is_read(checks, solution, tmp_path, encoding):
    (tmp_path / "neural_net.py").write_text(f"# Übung\n{solution}", encoding=encoding)
    checks.check("sigmoid", tmp_path)


@pytest.mark.parametrize(("encoding", "message"), [
    ("latin-1", "neural_net.py is not in UTF-8, line 2 (perhaps 'é' in Latin-1)"),
    ("utf-16", "neural_net.py is not in UTF-8, line 1 (perhaps 'ÿ' in Latin-1)"),
    ("utf-16-le", "neural_net.py is no UTF-8 text"),
])  # fmt: skip
def test_a_file_in_another_encoding_is_named_in_a_line(checks, tmp_path, encoding, message):
    text = "# one\nx = 'é'\n" if encoding == "latin-1" else "x = 1\n"
    (tmp_path / "neural_net.py").write_text(text, encoding=encoding)
    with pytest.raises(checks.Wrong) as raised:
        checks.check("sigmoid", tmp_path)
    assert str(raised.value) == f"question 11, sigmoid: {message}: save it again with the encoding UTF-8."


def test_a_file_beside_the_students_is_this_students_and_read_anew(checks, solution, tmp_path):
    for name, text in {"ann": "return e / np.sum(e, axis=-1, keepdims=True)", "bob": "return e"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "helper.py").write_text(f"import numpy as np\n\ndef share(e):\n    {text}\n")
        own = solution.replace("import numpy as np\n", "import numpy as np\nfrom helper import share\n", 1)
        (tmp_path / name / "neural_net.py").write_text(own.replace(SOFTMAX, "return share(e)"))
    checks.check("softmax", tmp_path / "ann")
    with pytest.raises(checks.Wrong, match=r"nothing divides exp\(z\)"):
        checks.check("softmax", tmp_path / "bob")
    (tmp_path / "ann/helper.py").write_text("def share(e):\n    return e / 0 * undefined\n")
    with pytest.raises(checks.Wrong, match=r"NameError: .*, in helper.py line 2: return e / 0"):
        checks.check("softmax", tmp_path / "ann")
    assert "helper" not in sys.modules
    assert "neural_net" not in sys.modules


@pytest.mark.parametrize(("text", "message"), [
    ("import sys\nsys.exit()\n", "neural_net.py stops when it is loaded: it ends Python"),
    ("print(softmax)\n", "neural_net.py stops when it is loaded: NameError: .*, in neural_net.py line 1"),
    ("def sigmoid(z):\n    return sigmoid(z)\n", "it calls itself without an end .*in neural_net.py line 2"),
    ("def sigmoid(z):\n    raise SystemExit\n", "it ends Python .*, in neural_net.py line 2: raise"),
    ("def sigmoid(z):\n    raise ValueError('\\x1b[31m' + 'x' * 10**6 + '\\n')\n", r"ValueError: \[31mx{500} ?x*"),
])  # fmt: skip
def test_code_that_ends_or_shouts_is_told_of_in_a_line(checks, tmp_path, text, message):
    (tmp_path / "neural_net.py").write_text(text)
    with pytest.raises(checks.Wrong, match=message):
        checks.check("sigmoid", tmp_path)


def test_one_wrong_function_is_told_once(checks, solution, tmp_path):
    (tmp_path / "neural_net.py").write_text(solution.replace("1 / (1 + np.exp(-z))", "np.tanh(z)"))
    lines = {name: (state, line) for name, state, line in checks.results(tmp_path)}
    assert [name for name, (state, _) in lines.items() if state == "wrong"] == ["sigmoid"]
    assert lines["learns"] == ("waits", "question 14, learns: waits for sigmoid")
    assert lines["nll"][0] == "right"
    (tmp_path / "neural_net.py").write_text("def")
    lines = [state for _, state, _ in checks.results(tmp_path)]
    assert lines == ["unreadable", *["waits"] * 3, "unreadable", *["waits"] * 11]


@pytest.fixture
def cells(solution, monkeypatch):
    """What a notebook defines, without a file."""
    module = ModuleType("some_notebook")
    exec(solution, module.__dict__)  # noqa: S102
    monkeypatch.setitem(sys.modules, "some_notebook", module)
    return module


def test_what_cells_define_is_checked_without_a_file(checks, cells, capsys):
    for name in ("sigmoid", "dsigmoid", "softmax", "nll"):
        checks.check(name, getattr(cells, name))
    for name in ("init", "forward", "grad_loss", "fit", "predict"):
        checks.check(name, cells.NeuralNet)
    assert capsys.readouterr().out.count(": right.") == 9
    cells.softmax = lambda z: np.exp(z)
    with pytest.raises(checks.Waits, match=r"question 13, fit builds on softmax, and there it says: .*nothing divides"):
        checks.check("fit", cells.NeuralNet)
    del cells.softmax
    with pytest.raises(checks.Waits, match="this notebook has no softmax"):
        checks.check("forward", cells.NeuralNet)


@pytest.mark.parametrize("thing", [3, None, "net.forward"])
def test_what_is_no_function_is_answered_with_how_to_say_it(checks, cells, thing):
    if thing == "net.forward":
        thing = cells.NeuralNet(4, 3, 5).forward
    with pytest.raises(checks.Wrong, match=r'check\("forward", NeuralNet\)'):
        checks.check("forward", thing)


def made(folder, *names):
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix:
            file.touch()
        else:
            file.mkdir()


def test_students_folders_are_found_where_the_shell_expands_nothing(handed_in, tmp_path):
    made(tmp_path, "in/ann/neural_net.py", "in/bob/first_part.py", "in/cy", "in/dan/packed/neural_net.py",
         "in/.git/x.py", "in/__MACOSX/y.py", "in/list.csv")  # fmt: skip
    each = {"ann": "ann", "bob": "bob", "cy": "cy", "dan": "dan/packed"}
    wanted = {name: tmp_path / "in" / place for name, place in each.items()}
    assert handed_in.folders([str(tmp_path / "in")]) == wanted
    assert handed_in.folders([str(tmp_path / "in/*")]) == wanted
    assert handed_in.folders([f"'{tmp_path}/in/*/'"]) == wanted
    assert handed_in.folders([str(folder) for folder in wanted.values()][:3]).keys() == {"ann", "bob", "cy"}
    assert handed_in.folders([str(tmp_path / "in/ann")]) == {"ann": tmp_path / "in/ann"}
    assert handed_in.folders([str(tmp_path / "in/cy")]) == {"cy": tmp_path / "in/cy"}
    with pytest.raises(ValueError, match=r"x/\*: there is no such folder, nor any that fits it"):
        handed_in.folders(["x/*"])


@pytest.mark.parametrize(("text", "cell"), [
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("-1", "'-1"), ("a\nb\x1b[0m\u202e", "a b [0m"), ("ann", "ann"),
])  # fmt: skip
def test_no_cell_of_the_table_is_a_formula(handed_in, text, cell):
    assert handed_in.harmless(text) == cell


@pytest.mark.parametrize(
    "line", ["{", "[]", "3", '{"check": "no", "state": "right"}', '{"check": "nll", "state": "best"}']
)
def test_what_students_write_among_the_results_is_passed_over(handed_in, checks, tmp_path, line):
    file = tmp_path / "results"
    file.write_text(
        f'{line}\n{{"check": "softmax", "state": "right", "line": "x"}}\n{{"check": "nll", "state": "wrong"}}\n'
    )
    assert handed_in.read(file, checks.CHECKS) == {"softmax": ("right", "x"), "nll": ("wrong", "None")}


@pytest.mark.long
def test_code_that_never_ends_costs_its_check_alone(handed_in, checks, handed_out, solution, tmp_path):
    for file in ("first_part.py", "neural_net.py"):
        (tmp_path / file).write_text((handed_out / "teacher/solution" / file).read_text())
    (tmp_path / "first_part.py").write_text("while True:\n    pass\n")
    (tmp_path / "neural_net.py").write_text(
        solution.replace("e = np.exp(z -", "import os\n    os._exit(1)\n    e = np.exp(z -")
    )
    found = handed_in.examined(tmp_path, checks.CHECKS, 30)
    assert found["recover"] == ("waits", "question 1, recover: waits for first_part.py")
    assert "when first_part.py is loaded: not finished after 30 seconds" in found["split_and_scale"][1]
    assert "question 11, softmax: Python ended" in found["softmax"][1]
    assert found["nll"][0] == "right"
