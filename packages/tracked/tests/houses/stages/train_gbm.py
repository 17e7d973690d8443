"""Gradient boosting: data/parts/ -> models/gbm.joblib."""

import joblib
import pandas as pd
from pricing import gbm
from pricing.columns import FEATURES, PRICE
from pricing.scores import scores

from tracked import Outcome, Served


def run(settings, folder, report):
    train, val = (pd.read_csv(folder / f"data/parts/{part}.csv") for part in ("train", "val"))
    model = gbm.regressor(**settings.train_gbm, seed=settings.seed).fit(train[FEATURES], train[PRICE])
    file, example = folder / "models/gbm.joblib", val[FEATURES].head()
    file.parent.mkdir(exist_ok=True)
    joblib.dump(model, file)
    prices = pd.DataFrame({"price": model.predict(example)})
    served = Served("pricing.serving:gbm_prices", {"gbm": file}, example, prices, ["scikit-learn"])
    return Outcome(scores("val", val[PRICE], model.predict(val[FEATURES])), served=lambda spare: served)
