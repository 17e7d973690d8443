"""A network with one hidden layer, trained by stochastic gradient descent, in numpy alone.

`functions` and `network` answer the practical's questions 10 to 13: read them beside docs/neural_net.md. `fast_loop`
makes the same updates several times faster: read it last.
"""

from .functions import cross_entropy, dsigmoid, log_softmax, nll, one_hot, sigmoid, softmax
from .network import NAMES, NeuralNet

__all__ = [
    "NAMES", "NeuralNet", "cross_entropy", "dsigmoid", "log_softmax", "nll", "one_hot", "sigmoid", "softmax",
]  # fmt: skip
