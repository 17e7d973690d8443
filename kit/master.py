# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Training a neural network
#
# You will train a network with one hidden layer to read handwritten digits: first with Keras, then with numpy alone,
# whose gradient you derive by hand.
#
# - Functions are written in two files beside this notebook, `first_part.py` and `neural_net.py`, at the lines that say
#   `raise NotImplementedError`. Replace that line, save the file, and run the cell with its `check`: it says whether
#   the function is right, or what is wrong with it. The notebook sees a saved file by itself. A function that you write
#   in a cell instead is checked by `check("softmax", softmax)`, the methods by `check("forward", NeuralNet)`.
# - Experiments are written here, again in place of `raise NotImplementedError`.
# - TensorFlow says in red what it thinks of this machine when it is imported: that may be ignored.
# - Where it says *Your answer*, answer in words: double-click the cell to edit it.

# %% tags=["solved"]
import sys

sys.path.append("../../students")  # where the checks are

# %%
# %load_ext autoreload
# %autoreload 2
import keras
import matplotlib.pyplot as plt
import numpy as np
from checks import check
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

# %% module="first_part.py"
"""Questions 1, 2 and 9: what is done to the digits before a network sees them, and the mistakes that it makes."""

import numpy as np
from keras.utils import to_categorical
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# %% [markdown]
# # First part: Keras
#
# ## Preprocessing
#
# 1797 images of 8 x 8 pixels, each pixel from 0 to 16.

# %%
X, y = load_digits(return_X_y=True)
print(X.shape, y.shape)
fig, axes = plt.subplots(1, 10, figsize=(10, 1.4))
for ax, pixels, label in zip(axes, X, y):
    ax.imshow(pixels.reshape(8, 8), cmap="gray_r")
    ax.set_title(label)
    ax.axis("off")

# %% [markdown]
# **Question 1.** Separate the data into a training and a test set. Fit a `StandardScaler` on the training set, and
# apply the same transformation to the test set: write `split_and_scale` in `first_part.py`.


# %% module="first_part.py"
def split_and_scale(X, y, seed=0):
    """Question 1: X (n, 64) and labels y (n,) in two parts, a fifth for the test, both scaled by the training part.

    Returns X_train, X_test, y_train, y_test and the scaler. The same seed draws the same parts.
    """
    ### BEGIN SOLUTION question 1: split X and y, fit a StandardScaler, scale both parts
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=seed)
    scaler = StandardScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_test), y_train, y_test, scaler
    ### END SOLUTION


# %%
from first_part import mistakes, one_hot, recover, split_and_scale

check("split_and_scale")
X_train, X_test, y_train, y_test, scaler = split_and_scale(X, y, seed=0)
# A quarter of the training set is set aside for validation: settings are chosen on it, never on the test set.
X_train, X_val, y_train, y_val = train_test_split(X_train, y_train, test_size=0.25, stratify=y_train, random_state=0)
print(X_train.shape, X_val.shape, X_test.shape)

# %% [markdown]
# How can we get the original sample back? Write `recover` in `first_part.py`.


# %% module="first_part.py"
def recover(sample, scaler):
    """Question 1: the pixels (64,) of one scaled sample (64,). Mind that scalers take a row for each sample."""
    ### BEGIN SOLUTION question 1: undo what the scaler did to one sample
    return scaler.inverse_transform(sample.reshape(1, -1))[0]
    ### END SOLUTION


# %%
check("recover")
sample = X_train[0]
fig, axes = plt.subplots(1, 2, figsize=(7, 2.8), layout="constrained")
scaled = axes[0].imshow(sample.reshape(8, 8), cmap="RdBu_r", vmin=-abs(sample).max(), vmax=abs(sample).max())
axes[0].set_title("scaled (white: the mean)")
fig.colorbar(scaled, ax=axes[0])
recovered = axes[1].imshow(recover(sample, scaler).reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
axes[1].set_title("recovered")
fig.colorbar(recovered, ax=axes[1])
constant = np.flatnonzero(scaler.var_ == 0)
print(f"pixels without any variation in the training set: {constant}")
print(f"largest scaled pixel: {X_train.max():.0f} (train), {X_test.max():.0f} (test)")

# %% [markdown]
# A scaled pixel of 40 is 40 standard deviations from its mean. How can that be? And what does the scaler do where the
# standard deviation is zero?

# %% [markdown] tags=["answer"]
# Pixels at the border are 0 in nearly all images. Their standard deviation is tiny, so that the few images with ink
# there are far out. Where it is zero `StandardScaler` divides by 1, which leaves $x - \text{mean}$: zero in the
# training set, but not always in the test set, where ink meets weights that no training digit has changed.
# `inverse_transform` computes $x \cdot \text{scale} + \text{mean}$.

# %% [markdown]
# **Question 2.** Transform the training targets into one-hot vectors with
# [`to_categorical`](https://keras.io/api/utils/python_utils/): write `one_hot` in `first_part.py`.


# %% module="first_part.py"
def one_hot(labels):
    """Question 2: labels (n,) from 0 to 9 as one-hot vectors (n, 10), even when some digits are not among them."""
    ### BEGIN SOLUTION question 2: one-hot vectors with to_categorical
    return to_categorical(labels, num_classes=10)
    ### END SOLUTION


# %%
check("one_hot")
T_train, T_val, T_test = one_hot(y_train), one_hot(y_val), one_hot(y_test)
print(y_train[:4], T_train[:4], sep="\n")

# %% [markdown]
# Why is this needed when minimizing the cross-entropy loss?

# %% [markdown] tags=["answer"]
# Cross-entropy $-\sum_k t_k \log f_k(x)$ compares two distributions over the classes: the network's ten probabilities
# and the truth's, which puts all its weight on one class. The one-hot vector *is* that distribution; an integer is
# none. (Keras' `sparse_categorical_crossentropy` takes integers and looks up $\log f_y(x)$: the same loss, without the
# zeros.)

# %% [markdown]
# ## Training the network
#
# In three steps: design, compilation, training. The values below have been set so that the optimization is **not**
# satisfactory: 10 hidden units, plain gradient descent with the rate 0.01, Gaussian initial weights of standard
# deviation 1, 30 epochs of batches of 32.


# %%
def initializer(stddev):
    """Gaussian initial weights, or for None what Keras takes by default.

    Each layer needs an object of its own: from one that is used twice both layers get the same numbers.
    """
    return "glorot_uniform" if stddev is None else keras.initializers.RandomNormal(stddev=stddev)


def build(n_hidden=10, optimizer=None, stddev=1.0):
    """Design and compilation. Each call starts from the same seed."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(n_hidden, activation="sigmoid", kernel_initializer=initializer(stddev)),
            keras.layers.Dense(10, activation="softmax", kernel_initializer=initializer(stddev)),
        ]
    )
    optimizer = optimizer or keras.optimizers.SGD(learning_rate=0.01)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def train(model, epochs=30, batch_size=32):
    """The loss and the accuracy on the training set, epoch by epoch; "val_loss" and "val_accuracy", too."""
    data = {"x": X_train, "y": T_train, "validation_data": (X_val, T_val)}
    return model.fit(**data, epochs=epochs, batch_size=batch_size, verbose=0).history


def compare(histories, title):
    """Draw the curves of several trainings, given as a dictionary, and print where they end."""
    fig, axes = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
    for label, history in histories.items():
        axes[0].plot(history["loss"], label=label)
        axes[1].plot(history["accuracy"])
        print(f"{label}: loss {history['loss'][-1]:.4f}, accuracy {history['accuracy'][-1]:.3f}")
    axes[0].set(title=title, xlabel="epoch", ylabel="training loss", yscale="log")
    axes[1].set(xlabel="epoch", ylabel="training accuracy", ylim=(0, 1.02))
    fig.legend(loc="outside right center")


model = build()
model.summary()
first = train(model)
compare({"as given": first}, "a network that does not learn well")

# %% [markdown]
# **Question 3.** Show that minimizing the cross-entropy loss is equivalent to maximizing the log-likelihood of the
# observations under a well chosen probabilistic model.

# %% [markdown] tags=["answer"]
# Model: given $x_j$, the class is drawn from the categorical distribution with the probabilities $f(x_j)$,
# independently for each $j$. With the one-hot $y_j$, one observation has the likelihood $p(y_j \mid x_j) = \prod_k
# f_k(x_j)^{y_j^k}$. The log-likelihood of all is $\sum_j \sum_k y_j^k \log f_k(x_j) = -L$: where it is largest, $L$ is
# smallest. Keras minimizes $L / n$, which has the same minimizers.

# %% [markdown]
# **Question 4.** Play with the size of the hidden layer. How does the optimization process behave at fixed learning
# rate and epochs? Take `build(n_hidden, keras.optimizers.Adam(0.01), stddev=None)`: it trains well enough for the size
# to be what you see.

# %%
histories = {}
### BEGIN SOLUTION question 4: histories[f"{n_hidden} units"] = train(build(n_hidden, ...)), for several sizes
for n_hidden in (2, 10, 50, 100, 500):
    histories[f"{n_hidden} units"] = train(build(n_hidden, keras.optimizers.Adam(0.01), stddev=None))
### END SOLUTION
compare(histories, "size of the hidden layer")

# %% [markdown] tags=["answer"]
# The wider, the faster the training loss falls in the same number of epochs; the gain shrinks with each step, and the
# validation loss stops falling at about 50 units. Two units have not got far: that is the slow optimization first, and
# only then a lack of capacity, as more epochs show.

# %% [markdown]
# **Question 5.** Explain: "Feed-forward neural networks with one hidden layer are known to be universal approximators".
# What are the requirements on the activation function for this to be true? How does the width of such a network evolve?

# %% [markdown] tags=["answer"]
# For every continuous function on a compact set and every $\epsilon > 0$ there is such a network, with a linear output,
# that is nowhere further than $\epsilon$ from it. Cybenko (1989): for continuous sigmoidal activations. Leshno et al.
# (1993): for a locally bounded, piecewise continuous activation, if and only if it is not a polynomial (almost
# everywhere). The theorem tells neither the width nor how to find the weights. For all functions with $s$ bounded
# derivatives in $d$ dimensions, the width grows like $\epsilon^{-d/s}$: exponentially in the dimension. For functions
# whose Fourier transform has a finite first moment (Barron 1993), $\epsilon^{-2}$ in the $L^2$ norm is enough, with a
# constant that may itself grow with $d$.

# %% [markdown]
# **Question 6.** Set $n_h = 100$. Play with the learning rate of `keras.optimizers.SGD`: how does the optimization
# process behave when it is too high, too low? (Keras wants 1.0, not 1. Keep `stddev=None`, Keras' initial weights.)

# %%
histories = {}
### BEGIN SOLUTION question 6: train 100 units with several learning rates, from far too low to far too high
for rate in (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0, 100.0):
    histories[f"rate {rate}"] = train(build(100, keras.optimizers.SGD(rate), stddev=None))
### END SOLUTION
compare(histories, "learning rate of plain SGD")

# %% [markdown] tags=["answer"]
# Too low (0.0001): the loss falls steadily and hardly at all. Good (about 1 here): it falls fast and steadily. Too high
# (10): steps overshoot, the loss begins higher and jumps up and down; where it ends is luck, below or above that of 1.
# Far too high (100): the first steps throw the weights far out, where the sigmoid is flat; the loss begins far above
# that of a guess (2.3), and is still above 1 at the end.

# %% [markdown]
# **Question 7.** Test different optimization techniques (<https://keras.io/api/optimizers/>). What is the main
# difference between Adam and Adadelta?

# %%
histories = {}
### BEGIN SOLUTION question 7: train 100 units with SGD, with momentum, RMSprop, Adam, Adadelta (also at the rate 1)
for label, optimizer in {
    "SGD": keras.optimizers.SGD(0.5),
    "SGD, momentum 0.9": keras.optimizers.SGD(0.1, momentum=0.9),
    "RMSprop": keras.optimizers.RMSprop(0.003),
    "Adam": keras.optimizers.Adam(0.01),
    "Adadelta, Keras' rate 0.001": keras.optimizers.Adadelta(0.001),
    "Adadelta, rate 1": keras.optimizers.Adadelta(1.0),
}.items():
    histories[label] = train(build(100, optimizer, stddev=None))
### END SOLUTION
compare(histories, "optimizers")

# %% [markdown] tags=["answer"]
# Both divide by a running root mean square of the gradient, entry by entry. Adam multiplies by a learning rate $\eta$
# and takes a running mean of the gradient: $\Delta w = -\eta\, \hat m / (\sqrt{\hat v} + \epsilon)$, both means
# corrected for starting at zero. Adadelta multiplies by the running root mean square of its own past steps instead:
# $\Delta w = -g \sqrt{E[\Delta w^2] + \epsilon} / \sqrt{E[g^2] + \epsilon}$; no rate has to be chosen. Keras multiplies
# this by a rate of 0.001 all the same: with that default it hardly moves; the method of the paper has 1.

# %% [markdown]
# **Question 8.** What technique does Keras use by default to initialise the weights of dense layers? Try random
# Gaussian weights of different standard deviations (`build(100, keras.optimizers.Adam(0.01), stddev=...)`). What
# happens when it is too high, too low, or zero?

# %%
histories = {}
### BEGIN SOLUTION question 8: train 100 units from Gaussian weights of several standard deviations, 0 among them
for stddev in (0, 0.001, 0.15, 1, 10):
    histories[f"std {stddev}"] = train(build(100, keras.optimizers.Adam(0.01), stddev))
histories["Keras' default"] = train(build(100, keras.optimizers.Adam(0.01), stddev=None))
### END SOLUTION
compare(histories, "initial weights")

# %% [markdown] tags=["answer"]
# The default is Glorot's: uniform within $\pm\sqrt{6 / (n_{in} + n_{out})}$; biases are zero. Zero: all hidden units
# get the same gradient and stay identical for ever, so that the network can say no more than one with a single unit.
# Too low (0.001): they start nearly alike, and lose time in growing apart; with Adam an epoch or two. Too high (10):
# for most samples $z_h$ is far out where the sigmoid is flat. $W_o$ is large, so that the gradient is not small, but it
# is small beside such weights: they change little, and the output layer has to work with nearly random units. The loss
# starts above a hundred and is still above 5 at the end.

# %% [markdown]
# **Question 9.** Choose values that give a good accuracy on the training set. Then evaluate on the test set: does the
# network generalize well? Display samples that it was wrong about: write `mistakes` in `first_part.py`.


# %% module="first_part.py"
def mistakes(probabilities, labels):
    """Question 9: the indices of the samples whose most probable class is not their label.

    probabilities (n, 10) are what a network gives, labels (n,) what is true.
    """
    ### BEGIN SOLUTION question 9: compare the most probable classes with the labels
    return np.flatnonzero(probabilities.argmax(axis=1) != labels)
    ### END SOLUTION


# %%
check("mistakes")
### BEGIN SOLUTION question 9: model = build(...), and keras_history = train(model) with a good accuracy
model = build(100, keras.optimizers.Adam(0.01), stddev=None)
keras_history = train(model)
### END SOLUTION
print("Keras, training set: loss {:.4f}, accuracy {:.3f}".format(*model.evaluate(X_train, T_train, verbose=0)))
print("Keras, test set: loss {:.4f}, accuracy {:.3f}".format(*model.evaluate(X_test, T_test, verbose=0)))
probabilities = model.predict(X_test, verbose=0)
wrong = mistakes(probabilities, y_test)
print(f"{len(wrong)} of {len(y_test)} test digits are wrong")
fig, axes = plt.subplots(1, 10, figsize=(11, 1.7))
for ax in axes:
    ax.axis("off")
for ax, i in zip(axes, wrong):
    ax.imshow(recover(X_test[i], scaler).reshape(8, 8), cmap="gray_r")
    ax.set_title(f"{probabilities[i].argmax()}, not {y_test[i]}\n{probabilities[i].max():.0%}", fontsize=9)

# %% [markdown] tags=["answer"]
# Well: about 97 % of new digits, after all of the training digits. The gap shows more in the loss, which on the test
# set is many times larger, as some mistakes are made with great confidence. Several of them are hard for people, too.
# But thirteen people wrote these digits, and all of them wrote some of the training set: of a new person's digits fewer
# would be right.

# %% [markdown]
# # Second part: numpy
#
# The network is $X \to z_h = X W_h + b_h \to h = \sigma(z_h) \to z_o = h W_o + b_o \to y = \mathrm{softmax}(z_o)$, its
# loss $L = \sum_j l(y_j, f(x_j))$ with $l(y_{true}, y_{pred}) = -\sum_k \log(y_{pred}^k)\, y_{true}^k$. Samples are
# rows. All functions are written in `neural_net.py`.

# %% module="neural_net.py"
"""A network with one hidden layer, in numpy alone: questions 10 to 14.

Samples are rows: x is one sample (n_features,) or a batch (n, n_features), and y_true is one-hot in the same way.
"""

import numpy as np

EPSILON = 1e-10  # keeps a logarithm finite

# %% [markdown]
# **Question 10.** Express the derivative $\sigma'$ as a function of $\sigma$.

# %% [markdown] tags=["answer"]
# $\sigma'(z) = \frac{e^{-z}}{(1 + e^{-z})^2} = \frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}} =
# \sigma(z)\,(1 - \sigma(z))$.

# %% [markdown]
# **Question 11.** Write `sigmoid`, `dsigmoid`, `softmax` and `nll` in `neural_net.py`.
#
# - `softmax` should work for one sample and for a batch: look for the options `axis` and `keepdims` of `np.sum`.
# - `nll`, too, takes both: sum along the right axis (`np.atleast_2d` can help). Add $\epsilon = 10^{-10}$ in the
#   logarithm.
# - `dsigmoid` takes $z$, not $\sigma(z)$.
#
# Try each on a toy example first, then run its check.


# %% module="neural_net.py"
def sigmoid(z):
    """Question 11: 1 / (1 + exp(-z)), entry by entry."""
    ### BEGIN SOLUTION question 11: the sigmoid of each entry of z
    return 1 / (1 + np.exp(-z))
    ### END SOLUTION


def dsigmoid(z):
    """Question 11: the derivative of the sigmoid at z, entry by entry."""
    ### BEGIN SOLUTION question 11: the derivative of the sigmoid at z, by question 10
    return sigmoid(z) * (1 - sigmoid(z))
    ### END SOLUTION


def softmax(z):
    """Question 11: exp(z) / sum(exp(z)) over the classes, of one sample (n_classes,) or of a batch (n, n_classes)."""
    ### BEGIN SOLUTION question 11: softmax, over the last axis
    e = np.exp(z - np.max(z, axis=-1, keepdims=True))  # subtracting the maximum cancels out, and exp can't overflow
    return e / np.sum(e, axis=-1, keepdims=True)
    ### END SOLUTION


def nll(y_true, y_pred):
    """Question 11: the loss -sum(y_true log(y_pred)) over the classes: a number for each sample."""
    ### BEGIN SOLUTION question 11: the negative log-likelihood of each sample
    return -np.sum(y_true * np.log(y_pred + EPSILON), axis=-1)
    ### END SOLUTION


# %%
from neural_net import NeuralNet, dsigmoid, nll, sigmoid, softmax

check("sigmoid")
check("dsigmoid")
z = np.linspace(-6, 6, 200)
plt.figure(figsize=(5, 2.5))
plt.plot(z, sigmoid(z), label="sigmoid")
plt.plot(z, dsigmoid(z), label="its derivative")
_ = plt.legend()
# %%
check("softmax")
check("nll")
toy = softmax(np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]))
print(toy, toy.sum(axis=1))
print(nll(np.eye(3)[[2, 0]], toy), "of a guess:", np.log(3))

# %% [markdown]
# **Question 12.** Using the chain rule, find the gradient of $L$ with respect to $(W_h, b_h, W_o, b_o)$.
#
# *A way through*: first $\partial l / \partial z_o$, where softmax and cross-entropy cancel to something very short;
# then $\partial l / \partial h$, then $\partial l / \partial z_h$. The rest follows. At each step compare the shapes.

# %% [markdown] tags=["answer"]
# With $l = -\sum_k t_k z_o^k + \log \sum_m e^{z_o^m}$, as $\sum_k t_k = 1$:
# $\;\delta_o = \frac{\partial l}{\partial z_o} = y - t$.
# Then $\frac{\partial l}{\partial h} = \delta_o W_o^\top$ and
# $\delta_h = \frac{\partial l}{\partial z_h} = (\delta_o W_o^\top) \odot \sigma'(z_h)$. As $z = x W + b$, for rows of
# samples and summed over them:
#
# $$\frac{\partial L}{\partial W_o} = H^\top \Delta_o, \quad \frac{\partial L}{\partial b_o} = \sum_j \delta_{o,j},
# \quad \frac{\partial L}{\partial W_h} = X^\top \Delta_h, \quad \frac{\partial L}{\partial b_h} = \sum_j
# \delta_{h,j}.$$

# %% [markdown]
# **Question 13.** Write the methods of the class `NeuralNet`. Their checks build on each other: go in this order.


# %% module="neural_net.py"
class NeuralNet:
    """Weights W_h (n_features, n_hidden), b_h (n_hidden,), W_o (n_hidden, n_classes), b_o (n_classes,)."""

    def __init__(self, n_features, n_hidden, n_classes):
        ### BEGIN SOLUTION question 13: set self.W_h, self.b_h, self.W_o and self.b_o
        bound_h, bound_o = np.sqrt(6 / (n_features + n_hidden)), np.sqrt(6 / (n_hidden + n_classes))  # Glorot's
        self.W_h = np.random.uniform(-bound_h, bound_h, (n_features, n_hidden))
        self.b_h = np.zeros(n_hidden)
        self.W_o = np.random.uniform(-bound_o, bound_o, (n_hidden, n_classes))
        self.b_o = np.zeros(n_classes)
        ### END SOLUTION

    def forward(self, x):
        """The probabilities y: (n_features,) -> (n_classes,), or (n, n_features) -> (n, n_classes)."""
        ### BEGIN SOLUTION question 13: the output y of the network
        return self.forward_with_hidden(x)[0]
        ### END SOLUTION

    def forward_with_hidden(self, x):
        """y, z_h and h."""
        ### BEGIN SOLUTION question 13: y, z_h and h
        z_h = x @ self.W_h + self.b_h
        h = sigmoid(z_h)
        z_o = h @ self.W_o + self.b_o
        return softmax(z_o), z_h, h
        ### END SOLUTION

    def grad_loss(self, x, y_true):
        """The gradient of L at (x, y_true), one sample: a dictionary with the keys "W_h", "b_h", "W_o" and "b_o".

        If you take batches, too, it is the sum over the samples, as L is.
        """
        ### BEGIN SOLUTION question 13: the gradient, by question 12
        x, y_true = np.atleast_2d(x, y_true)
        y, z_h, h = self.forward_with_hidden(x)
        dL_dz_o = y - y_true
        dL_dz_h = (dL_dz_o @ self.W_o.T) * dsigmoid(z_h)
        return {
            "W_h": x.T @ dL_dz_h,
            "b_h": dL_dz_h.sum(axis=0),
            "W_o": h.T @ dL_dz_o,
            "b_o": dL_dz_o.sum(axis=0),
        }
        ### END SOLUTION

    def train_sample(self, x, y_true, learning_rate):
        """One update by stochastic gradient descent, with one sample."""
        ### BEGIN SOLUTION question 13: take a step against the gradient, for each of the four weights
        gradient = self.grad_loss(x, y_true)
        self.W_h -= learning_rate * gradient["W_h"]
        self.b_h -= learning_rate * gradient["b_h"]
        self.W_o -= learning_rate * gradient["W_o"]
        self.b_o -= learning_rate * gradient["b_o"]
        ### END SOLUTION

    def fit(self, x, y_true, learning_rate=0.1, epochs=20):
        """Go through all samples `epochs` times, in another order each time, with `train_sample` for each.

        The learning rate stays as it is given.
        Returns the losses (epochs * n,): of each update, that of its sample.
        """
        ### BEGIN SOLUTION question 13: an update for each sample, epoch by epoch; note the losses and return them
        losses = []
        for _ in range(epochs):
            for i in np.random.permutation(len(x)):
                losses.append(nll(y_true[i], self.forward(x[i])))
                self.train_sample(x[i], y_true[i], learning_rate)
        return np.array(losses)
        ### END SOLUTION

    def predict(self, x):
        """The most probable class: one for a sample (n_features,), an array (n,) for a batch (n, n_features)."""
        ### BEGIN SOLUTION question 13: the most probable class of one sample, or of each
        return self.forward(x).argmax(axis=-1)
        ### END SOLUTION


# %%
check("init")
check("forward")
check("forward_with_hidden")

# %% [markdown]
# The next check compares your gradient with differences $(L(w + \epsilon) - L(w - \epsilon)) / 2 \epsilon$, entry by
# entry.

# %%
check("grad_loss")

# %%
check("train_sample")
check("fit")
check("predict")
check("learns")

# %% [markdown]
# **Question 14.** Plot the evolution of the loss $L$ during the learning phase. Compare your results to those of Keras.

# %%
np.random.seed(0)
net = NeuralNet(64, 100, 10)
### BEGIN SOLUTION question 14: losses = net.fit(...), with a learning rate of your choice and 30 epochs
losses = net.fit(X_train, T_train, learning_rate=0.15, epochs=30)
### END SOLUTION
losses = np.reshape(losses, -1)
by_epoch = losses.reshape(-1, len(X_train)).mean(axis=1)
fig, axes = plt.subplots(1, 2, figsize=(11, 3.4))
axes[0].plot(losses, linewidth=0.3)
axes[0].set(title="numpy: the loss of each update", xlabel="update", ylabel="loss")
axes[1].plot(by_epoch, label="numpy, SGD, one sample at a time")
axes[1].plot(keras_history["loss"], label="Keras (question 9)")
axes[1].set(title="the mean over each epoch", xlabel="epoch", ylabel="loss", yscale="log")
axes[1].legend()
for part, x, t, labels in (("training", X_train, T_train, y_train), ("test", X_test, T_test, y_test)):
    loss, accuracy = np.mean(nll(t, net.forward(x))), np.mean(net.predict(x) == labels)
    print(f"numpy, {part} set: loss {loss:.4f}, accuracy {accuracy:.3f}")

# %% [markdown]
# Which of the differences between the two trainings can explain what you see? For a fair comparison let both start from
# the same weights (`model.set_weights`), and take the same samples in the same order (`shuffle=False` and
# `batch_size=1` in `model.fit`; a loop over `train_sample`), with the same learning rate.

# %%
epochs = 5
### BEGIN SOLUTION question 14: train both in the same way; keras_loss and numpy_loss are their mean losses by epoch
np.random.seed(0)
net = NeuralNet(64, 100, 10)
model = build(100, keras.optimizers.SGD(0.15))
model.set_weights([net.W_h, net.b_h, net.W_o, net.b_o])
trained = model.fit(X_train, T_train, epochs=epochs, batch_size=1, shuffle=False, verbose=0)
keras_loss = trained.history["loss"]
numpy_loss = []
for _ in range(epochs):
    losses = []
    for x, t in zip(X_train, T_train):
        losses.append(nll(t, net.forward(x)))
        net.train_sample(x, t, 0.15)
    numpy_loss.append(np.mean(losses))
### END SOLUTION
plt.figure(figsize=(5.5, 3))
plt.plot(numpy_loss, "o-", label="numpy")
plt.plot(keras_loss, "s--", label="Keras, trained in the same way")
plt.gca().set(xlabel="epoch", ylabel="training loss", yscale="log")
_ = plt.legend()
print(f"largest difference: {np.max(np.abs(np.subtract(numpy_loss, keras_loss))):.1e}")

# %% [markdown] tags=["answer"]
# In question 9 Keras took 32 samples at a time, with Adam: 34 updates an epoch. numpy made 1077, by plain gradient
# descent with one sample each, hence its lower loss in early epochs. Trained in the same way the curves coincide, to
# the rounding of Keras' 32-bit numbers: they are the same algorithm. On the test set the two differ by a few digits,
# which is chance.
