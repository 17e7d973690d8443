"""The forest on posts that it has not seen: model.pkl -> eval/."""

import json

import joblib
import pandas as pd
from matplotlib.figure import Figure
from scipy import sparse
from sklearn import metrics

from tracked import Outcome


def run(settings, folder, report):
    features, made = folder / "data/features", folder / "eval"
    forest, names = joblib.load(folder / "model.pkl"), joblib.load(features / "columns.pkl").get_feature_names_out()
    x, y = sparse.load_npz(features / "test.npz"), pd.read_csv(features / "test.csv")["label"]
    given = forest.predict_proba(x)[:, 1]
    found = {
        "avg_prec": float(metrics.average_precision_score(y, given)),
        "roc_auc": float(metrics.roc_auc_score(y, given)),
    }
    made.mkdir(exist_ok=True)
    (made / "metrics.json").write_text(json.dumps(found) + "\n")
    fpr, tpr, _ = metrics.roc_curve(y, given)
    (made / "roc.json").write_text(json.dumps([{"fpr": a, "tpr": b} for a, b in zip(fpr, tpr, strict=True)]))
    draw(made / "importance.png", pd.Series(forest.feature_importances_, names).nlargest(20))
    return Outcome(evaluated={"model": found}, files=[made / "importance.png"])


def draw(file, importance):
    figure = Figure(figsize=(5, 5), layout="tight")
    figure.subplots().barh(importance.index, importance)
    figure.savefig(file)
