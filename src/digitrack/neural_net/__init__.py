"""A network with one hidden layer, trained by stochastic gradient descent; numpy alone.

`functions` and `network` are the practical's questions 10 to 13, to be read beside docs/neural_net.md; `fast_loop`
makes the same updates several times faster, and is nobody's first reading.
"""

from .functions import dsigmoid, nll, one_hot, sigmoid, softmax
from .network import NAMES, NeuralNet

__all__ = ["NAMES", "NeuralNet", "dsigmoid", "nll", "one_hot", "sigmoid", "softmax"]
