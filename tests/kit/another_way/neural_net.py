"""The practical solved in another way than kit/master.py does it, as the text allows."""

import numpy as np


def sigmoid(z):
    return np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


def dsigmoid(z):
    return np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2


def softmax(z):
    z = np.atleast_2d(z)
    return np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)


def nll(y_true, y_pred):
    y_true, y_pred = np.atleast_2d(y_true, y_pred)
    return np.mean(-np.log((y_true * y_pred).sum(axis=1) + 1e-10))


class NeuralNet:
    def __init__(self, n_features, n_hidden, n_classes):
        self.W_h = np.random.randn(n_features, n_hidden) / np.sqrt(n_features)
        self.b_h = np.zeros((1, n_hidden))
        self.W_o = np.random.randn(n_hidden, n_classes) / np.sqrt(n_hidden)
        self.b_o = np.zeros((1, n_classes))

    def forward(self, X):
        h = sigmoid(np.dot(X, self.W_h) + self.b_h)
        return softmax(np.dot(h, self.W_o) + self.b_o)

    def forward_with_hidden(self, X):
        z_h = np.dot(X, self.W_h) + self.b_h
        h = sigmoid(z_h)
        return [softmax(np.dot(h, self.W_o) + self.b_o), z_h, h]

    def grad_loss(self, x, y_true):
        y, z_h, h = self.forward_with_hidden(x)
        d_o = y[0] - y_true
        d_h = (self.W_o @ d_o) * dsigmoid(z_h[0])
        return np.outer(x, d_h), d_h, np.outer(h[0], d_o), d_o

    def train_sample(self, x, y_true, learning_rate):
        for weight, slope in zip((self.W_h, self.b_h, self.W_o, self.b_o), self.grad_loss(x, y_true), strict=True):
            weight -= learning_rate * slope
        return nll(y_true, self.forward(x))

    def fit(self, X, y, learning_rate=0.1, epochs=20):
        losses = []
        for _ in range(epochs):
            order = np.arange(len(X))
            np.random.shuffle(order)
            losses += [self.train_sample(x, t, learning_rate) for x, t in zip(X[order], y[order], strict=True)]
        return losses

    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)
