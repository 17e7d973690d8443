"""Both models on test data: models/ -> eval/."""

import json

import joblib
import pandas as pd
from matplotlib.figure import Figure
from pricing import ridge
from pricing.columns import FEATURES, PRICE
from pricing.scores import scores

from tracked import Outcome


def run(settings, folder, report):
    test = pd.read_csv(folder / "data/parts/test.csv")
    models = {"gbm": joblib.load(folder / "models/gbm.joblib"), "ridge": ridge.load(folder / "models/ridge")}
    predicted = {name: model.predict(test[FEATURES]) for name, model in models.items()}
    found = {name: scores("test", test[PRICE], prices) for name, prices in predicted.items()}
    (folder / "eval").mkdir(exist_ok=True)
    (folder / "eval/metrics.json").write_text(json.dumps(found, indent=2) + "\n")
    draw(folder / "eval/errors.png", test[PRICE], predicted)
    return Outcome(evaluated=found, files=[folder / "eval/errors.png"])


def draw(file, prices, predicted):
    figure = Figure(figsize=(5, 4), layout="tight")
    axes = figure.subplots()
    for name, values in predicted.items():
        axes.scatter(prices, values - prices, s=4, label=name)
    axes.set(xlabel="price", ylabel="predicted too high by")
    axes.legend()
    figure.savefig(file)
