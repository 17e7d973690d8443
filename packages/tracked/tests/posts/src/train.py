"""A random forest: data/features/ -> model.pkl."""

import joblib
import mlflow
import pandas as pd
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline

from tracked import Outcome


def run(settings, folder, report):
    own, features = settings.train, folder / "data/features"
    x, y = sparse.load_npz(features / "train.npz"), pd.read_csv(features / "train.csv")["label"]
    forest = RandomForestClassifier(own.n_est, min_samples_split=own.min_split, random_state=own.seed)
    found = cross_validate(forest, x, y, scoring=["average_precision", "roc_auc"])
    report(1, {"cv_avg_prec": found["test_average_precision"].mean(), "cv_roc_auc": found["test_roc_auc"].mean()})
    joblib.dump(forest.fit(x, y), folder / "model.pkl")
    return Outcome(served=lambda spare: log(make_pipeline(joblib.load(features / "columns.pkl"), forest)))


def log(model):
    rows = pd.DataFrame({"text": ["how to read a data frame", "java thread error"]})
    return mlflow.sklearn.log_model(
        model,
        name="posts",
        input_example=rows,
        pip_requirements=["scikit-learn", "pandas"],
        pyfunc_predict_fn="predict_proba",
        skops_trusted_types=["sklearn.tree._tree.Tree"],
    )
