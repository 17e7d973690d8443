"""Typical mistakes, put into the solution one by one: each gets the message that is meant for it."""

import ast
import re
from pathlib import Path

import pytest

SOFTMAX_SUM, SOFTMAX = "np.sum(e, axis=-1, keepdims=True)", "return e / np.sum(e, axis=-1, keepdims=True)"
NLL = "-np.sum(y_true * np.log(y_pred + EPSILON), axis=-1)"
DELTA, BACK = "dL_dz_o = y - y_true", "dL_dz_h = (dL_dz_o @ self.W_o.T) * dsigmoid(z_h)"
STEP = 'self.{0} -= learning_rate * gradient["{0}"]'
ORDER, NOTED = "for i in np.random.permutation(len(x)):", "losses.append(nll(y_true[i], self.forward(x[i])))"
UPDATE = "self.train_sample(x[i], y_true[i], learning_rate)"
WRONG = "np.flatnonzero(probabilities.argmax(axis=1) != labels)"
DRAWN = "np.random.uniform(-bound_h, bound_h, (n_features, n_hidden))"
SPLIT = "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=seed)"
SCALED = "scaler.transform(X_train), scaler.transform(X_test)"

MUTANTS = [  # check, what stands in the solution, the mistake, what the message says
    ("split_and_scale", "fit(X_train)", "fit(X)", "the scaler was fitted on all of X"),
    ("split_and_scale", "scaler.transform(X_test)", "StandardScaler().fit_transform(X_test)", "its own mean"),
    ("split_and_scale", SCALED, "scaler.transform(X_train), X_test", "X_test still holds pixels"),
    ("split_and_scale", SCALED, "X_train, X_test", "X_train still holds pixels"),
    ("split_and_scale", SPLIT, SPLIT.replace("X_test, y_train", "y_train, X_test"), "in this order"),
    ("split_and_scale", "test_size=0.2", "test_size=0.8", "most belong into the training set"),
    ("split_and_scale", "y_train, y_test, scaler\n", "y_train[::-1], y_test, scaler\n", "not the labels of X_train"),
    ("split_and_scale", "y_train, y_test, scaler\n", "y_train, y_test\n", "five things"),
    ("recover", ".reshape(1, -1))[0]", ")", "reshape(1, -1)"),
    ("recover", "inverse_transform", "transform", "inverse_transform goes back"),
    ("recover", "scaler.inverse_transform(sample.reshape(1, -1))[0]", "sample * scaler.scale_", "mean is not added"),
    ("one_hot", "labels, num_classes=10", "labels", "num_classes=10"),
    ("one_hot", "to_categorical(labels, num_classes=10)", "labels", "to_categorical makes vectors"),
    ("mistakes", "!= labels", "== labels", "!=, not =="),
    ("mistakes", WRONG, "probabilities.argmax(1) != labels", "nonzero"),
    ("sigmoid", "np.exp(-z)", "np.exp(z)", "the exponent is -z"),
    ("sigmoid", "1 / (1 + np.exp(-z))", "1 / 1 + np.exp(-z)", "brackets"),
    ("sigmoid", "return 1 / (1 + np.exp(-z))", "1 / (1 + np.exp(-z))", "Is there a `return`?"),
    ("sigmoid", "return 1 / (1 + np.exp(-z))", "e = np.exp(z)\n    return e / (1 + e)", "it must be 0 and 1"),
    ("dsigmoid", "sigmoid(z) * (1 - sigmoid(z))", "z * (1 - z)", "It is given z"),
    ("dsigmoid", "sigmoid(z) * (1 - sigmoid(z))", "sigmoid(z) * (sigmoid(z) - 1)", "the sigmoid rises everywhere"),
    ("dsigmoid", "sigmoid(z) * (1 - sigmoid(z))", "1 - sigmoid(z)", "times sigmoid(z)"),
    ("softmax", SOFTMAX_SUM, "np.sum(e)", "not to 1, but the whole batch does"),
    ("softmax", SOFTMAX_SUM, "np.sum(e, axis=0)", "but its columns do"),
    ("softmax", SOFTMAX_SUM, "np.sum(e, axis=-1)", "keepdims=True, to stay a column"),
    ("softmax", SOFTMAX_SUM, "np.sum(e, axis=1, keepdims=True)", "a single sample, of shape (n_classes,), fails"),
    ("softmax", "np.max(z, axis=-1, keepdims=True)", "np.max(z, axis=0)", "row by row"),
    ("softmax", SOFTMAX, "return e", "nothing divides exp(z)"),
    ("softmax", "np.exp(z - np.max(z, axis=-1, keepdims=True))", "z", "exp(z) comes first"),
    ("nll", NLL, NLL[1:], "the sign is wrong"),
    ("nll", NLL, NLL.replace("axis=-1", "axis=0"), "sums over the samples"),
    ("nll", NLL, "-y_true * np.log(y_pred + EPSILON)", "not summed over the classes"),
    ("nll", NLL, NLL.replace("np.sum", "np.mean"), "n_classes times too small"),
    ("nll", NLL, NLL.replace(", axis=-1", "").replace("np.sum", "np.mean"), "n_classes times too small"),
    ("nll", NLL, "-np.sum(y_pred * np.log(y_true + EPSILON), axis=-1)", "changed places"),
    ("nll", NLL, NLL.replace(" + EPSILON", ""), "add the epsilon"),
    ("nll", NLL, NLL.replace("np.log", "np.log10"), "base 10"),
    ("init", "self.b_o = np.zeros(n_classes)", "b_o = np.zeros(n_classes)", "the network has no b_o"),
    ("init", "(n_features, n_hidden))", "(n_hidden, n_features))", "W_h is turned"),
    ("init", DRAWN, "np.zeros((n_features, n_hidden))", "alike"),
    ("init", "self.b_h = np.zeros(n_hidden)", "self.b_h = np.zeros(n_features)", "b_h has the shape (4,), to be (3,)"),
    ("init", "self.b_h = np.zeros(n_hidden)", "self.b_h = np.zeros(n_hidden, int)", "b_h holds int64"),
    ("forward", "return softmax(z_o), z_h, h", "return z_o, z_h, h", "its softmax is missing"),
    ("forward", "return softmax(z_o), z_h, h", "return sigmoid(z_o), z_h, h", "not a sigmoid"),
    ("forward", "x @ self.W_h + self.b_h", "x @ self.W_h", "b_h is not added"),
    ("forward", "h = sigmoid(z_h)", "h = z_h", "h = sigmoid(z_h) is missing"),
    ("forward", "x @ self.W_h", "self.W_h @ x", "z_h = self.W_h @ x"),
    ("forward", "self.forward_with_hidden(x)[0]", "self.forward_with_hidden(x)", "three things; y alone"),
    ("forward_with_hidden", "softmax(z_o), z_h, h", "softmax(z_o), h, z_h", "the order is y, z_h, h"),
    ("forward_with_hidden", "softmax(z_o), z_h, h", "softmax(z_o), h, h", "z_h is before the sigmoid"),
    ("grad_loss", DELTA, "dL_dz_o = y_true - y", "y - y_true, not y_true - y"),
    ("grad_loss", DELTA, "dL_dz_o = y", "y_true is not subtracted"),
    ("grad_loss", DELTA, "dL_dz_o = (y - y_true) * y * (1 - y)", "derived twice"),
    ("grad_loss", DELTA, "dL_dz_o = -y_true / y", "the derivative by y."),
    ("grad_loss", BACK, BACK.replace("(z_h)", "(h)"), "gradients of W_h and b_h: dsigmoid was given h, not z_h"),
    ("grad_loss", BACK, BACK.replace(" * dsigmoid(z_h)", ""), "the factor dsigmoid(z_h) is missing"),
    ("grad_loss", BACK, BACK.replace("dsigmoid(z_h)", "h"), "that is h (1 - h)"),
    ("grad_loss", "x.T @ dL_dz_h", "dL_dz_h.T @ x", "the gradient of W_h: it is the transpose"),
    ("grad_loss", "h.T @ dL_dz_o", "dL_dz_o.T @ h", "the gradient of W_o: it is the transpose"),
    ("grad_loss", "h.T @ dL_dz_o", "z_h.T @ dL_dz_o", "takes z_h for h"),
    ("grad_loss", "dL_dz_h.sum(axis=0)", "dL_dz_h", "gradient of b_h: of a batch: it has a row for each sample"),
    ("grad_loss", "dL_dz_o = y - y_true", "dL_dz_o = (y - y_true) / len(x)", "n times too small"),
    ("grad_loss", NLL, f"np.mean({NLL})", "n times too large"),
    ("grad_loss", "return {\n", "gradient = {\n", "it returns None"),
    ("grad_loss", '"b_o": dL_dz_o.sum(axis=0),', "", "b_o is missing in the dictionary"),
    ("train_sample", STEP.format("W_h"), STEP.format("W_h").replace("-=", "+="), "the loss grows"),
    ("train_sample", STEP.format("b_o"), "", "b_o does not change"),
    ("train_sample", STEP.format("W_h"), STEP.format("W_h").replace("learning_rate * ", ""), "learning_rate has no"),
    ("train_sample", "gradient = self.grad_loss(x, y_true)\n        self", "return\n        self", "no weight changes"),
    ("train_sample", "gradient[\"W_o\"]", "self.grad_loss(x, y_true)[\"W_o\"]", "call grad_loss once"),
    ("fit", "for _ in range(epochs):", "for _ in range(1):", "goes through the samples once"),
    ("fit", "return np.array(losses)", "", "it returns None"),
    ("fit", UPDATE, "pass", "it never calls self.train_sample"),
    ("fit", ORDER, f"y_true = np.random.permutation(y_true)\n            {ORDER}", "were shuffled apart"),
    ("fit", ORDER, "for i in [slice(None)]:", "with all samples"),
    ("fit", "return np.array(losses)", "    return np.array(losses)", "Does it return too early?"),
    ("fit", "return np.array(losses)", "return np.array(losses)[:epochs]", "a loss for each epoch"),
    ("fit", ORDER, "for i in [0] * len(x):", "with 1 of 6 samples"),
    ("predict", "self.forward(x).argmax(axis=-1)", "self.forward(x)", "argmax makes classes"),
    ("predict", "argmax(axis=-1)", "argmax(axis=0)", "argmax went along the samples"),
    ("predict", "argmax(axis=-1)", "argmax()", "looks at the whole batch at once"),
    ("predict", "argmax(axis=-1)", "argmax(axis=1)", "right for a batch, but a single sample"),
    ("learns", "-bound_h, bound_h,", "0, 20,", "do the weights start too large"),
]  # fmt: skip

ACCEPTED = [  # check, what stands in the solution, another spelling that the text allows
    ("softmax", "z - np.max(z, axis=-1, keepdims=True)", "z"),
    ("softmax", "e / np.sum(e, axis=-1, keepdims=True)", "(e.T / e.T.sum(axis=0)).T"),
    ("nll", NLL, "-np.sum(np.atleast_2d(y_true * np.log(y_pred + EPSILON)), axis=1)"),
    ("nll", NLL, "-np.sum(y_true * np.log(y_pred + EPSILON), axis=-1, keepdims=True)"),
    ("nll", NLL, f"np.mean({NLL})"),
    ("nll", NLL, f"np.sum({NLL})"),
    ("nll", NLL, "-np.sum(y_true * np.log(np.maximum(y_pred, EPSILON)), axis=-1)"),
    ("train_sample", NLL, f"np.sum({NLL})"),
    ("learns", NLL, "-np.sum(np.atleast_2d(y_true * np.log(y_pred + EPSILON)), axis=1)"),
    ("learns", "self.b_h = np.zeros(n_hidden)", "self.b_h = np.zeros((1, n_hidden))"),
    ("learns", "self.b_h = np.zeros(n_hidden)", "self.b_h = np.random.uniform(-1, 1, n_hidden)"),
    ("learns", "return np.array(losses)", "return losses"),
    ("learns", "return np.array(losses)", "return np.reshape(losses, (epochs, len(x)))"),
    ("learns", ORDER, "for i in range(len(x)):"),
    ("learns", ORDER, "for i in np.random.randint(len(x), size=len(x)):"),
    ("learns", UPDATE, "self.train_sample(x[i : i + 1], y_true[i : i + 1], learning_rate)"),
    ("predict", "self.forward(x).argmax(axis=-1)", "np.atleast_2d(self.forward(x)).argmax(axis=1)"),
    ("recover", "scaler.inverse_transform(sample.reshape(1, -1))[0]", "sample * scaler.scale_ + scaler.mean_"),
    ("recover", "(sample.reshape(1, -1))[0]", "(sample.reshape(1, -1)).reshape(8, 8)"),
    ("split_and_scale", ", stratify=y", ""),
    ("one_hot", "to_categorical(labels, num_classes=10)", "np.eye(10)[labels]"),
]

pytestmark = pytest.mark.long


@pytest.fixture
def changed(checks, handed_out, tmp_path):
    """Writes the solution to a folder of its own, with a text that it holds once replaced by another."""

    def write(name, old, new):
        for file in ("first_part.py", "neural_net.py"):
            text = (handed_out / "teacher/solution" / file).read_text()
            if file == checks.CHECKS[name][1]:
                assert old in text
                text = text.replace(old, new)
            (tmp_path / file).write_text(text)
        return tmp_path

    return write


@pytest.mark.parametrize(("name", "old", "new", "message"), MUTANTS)
def test_a_typical_mistake_gets_its_message(checks, changed, name, old, new, message):
    folder = changed(name, old, new)
    with pytest.raises(checks.Wrong) as raised:
        checks.check(name, folder)
    assert message in str(raised.value)
    assert str(raised.value).startswith(f"question {checks.CHECKS[name][0]}, {name}")
    assert "builds on" not in str(raised.value)


@pytest.mark.parametrize(("name", "old", "new"), ACCEPTED)
def test_what_the_text_allows_is_right(checks, changed, name, old, new):
    checks.check(name, changed(name, old, new))


@pytest.mark.parametrize(("loop", "told"), [(ORDER, False), ("for i in range(len(x)):", True)])
def test_the_same_order_in_every_epoch_is_remarked(checks, changed, capsys, loop, told):
    checks.check("fit", changed("fit", ORDER, loop))
    assert ("right. It takes the samples in the same order in every epoch" in capsys.readouterr().out) == told


def test_a_module_that_is_written_otherwise_throughout_is_right(checks):
    for name in checks.CHECKS.keys() - set(FIRST_PART):
        checks.check(name, Path(__file__).parent / "another_way")


FIRST_PART = ["split_and_scale", "recover", "one_hot", "mistakes"]
METHODS = ["__init__", "forward", "forward_with_hidden", "grad_loss", "train_sample", "fit", "predict"]
FUNCTIONS = {"first_part.py": FIRST_PART, "neural_net.py": ["sigmoid", "dsigmoid", "softmax", "nll", *METHODS]}


@pytest.mark.parametrize(("file", "name"), [(file, name) for file, names in FUNCTIONS.items() for name in names])
def test_a_single_blank_that_is_left_names_its_question(checks, changed, handed_out, file, name):
    solved, blank = (body(handed_out / place / file, name) for place in ("teacher/solution", "students"))
    check = name.strip("_")
    folder = changed(check, solved, blank)
    with pytest.raises(checks.Wrong) as raised:
        checks.check(check, folder)
    assert re.match(rf"question {checks.CHECKS[check][0]}, .*{check}.*: still to be written: ", str(raised.value))


def body(file, name):
    """The text of a function."""
    tree = ast.walk(ast.parse(file.read_text()))
    (function,) = (node for node in tree if isinstance(node, ast.FunctionDef) and node.name == name)
    return "\n".join(file.read_text().splitlines()[function.lineno - 1 : function.end_lineno])


def test_what_is_wrong_further_down_is_said_first(checks, changed):
    folder = changed("softmax", SOFTMAX_SUM, "np.sum(e)")
    with pytest.raises(
        checks.Wrong, match=r"^question 13, fit builds on softmax, and there it says: question 11, softmax"
    ):
        checks.check("fit", folder)


def test_a_file_that_python_cannot_read_is_named_with_its_line(checks, changed):
    folder = changed("sigmoid", "return 1 / (1 + np.exp(-z))", "return 1 / (1 + np.exp(-z)")
    with pytest.raises(checks.Wrong, match=r"Python can't read neural_net.py, line \d+: "):
        checks.check("sigmoid", folder)
    (folder / "neural_net.py").unlink()
    with pytest.raises(checks.Wrong, match=r"question 11, sigmoid: there is no neural_net.py in"):
        checks.check("sigmoid", folder)


def test_an_exception_names_the_students_own_line(checks, changed):
    folder = changed("nll", NLL, "y_true.nothing")
    with pytest.raises(checks.Wrong, match=r"nothing.*, in neural_net.py line \d+: return y_true.nothing"):
        checks.check("nll", folder)


def test_a_check_that_does_not_exist_is_answered_with_those_that_do(checks):
    with pytest.raises(checks.Wrong, match="no check 'sofmax': it is one of split_and_scale, recover"):
        checks.check("sofmax")
