"""Ridge regression: data/parts/ -> models/ridge/."""

import numpy as np
import pandas as pd
from pricing.columns import FEATURES, NUMBERS, PRICE, TEXT
from pricing.ridge import Ridge, matrix
from pricing.scores import scores
from sklearn import linear_model
from sklearn.feature_extraction.text import CountVectorizer

from tracked import Outcome, Served


def run(settings, folder, report):
    own = settings.train_ridge
    train, val = (pd.read_csv(folder / f"data/parts/{part}.csv") for part in ("train", "val"))
    words = sorted(CountVectorizer(max_features=own.words).fit(train[TEXT].fillna("")).vocabulary_)
    center, spread = (getattr(train[NUMBERS], name)().to_numpy() for name in ("mean", "std"))
    fitted = linear_model.Ridge(alpha=own.alpha, solver="cholesky", fit_intercept=False)
    fitted.fit(matrix(train, words, center, spread), train[PRICE])
    model = Ridge(words, center, spread, np.asarray(fitted.coef_))
    model.save(folder / "models/ridge")
    example = val[FEATURES].head()
    prices = pd.DataFrame({"price": model.predict(example)})
    served = Served("pricing.serving:ridge_prices", {"ridge": folder / "models/ridge"}, example, prices)
    return Outcome(scores("val", val[PRICE], model.predict(val)), served=lambda spare: served)
