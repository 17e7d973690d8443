"""Gradient boosting on numbers and words; it takes gaps as they are."""

from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from pricing.columns import NUMBERS, TEXT


def texts(column):
    return column.fillna("")


def regressor(rate, rounds, leaves, seed):
    words = make_pipeline(FunctionTransformer(texts), CountVectorizer(binary=True))
    columns = ColumnTransformer([("numbers", "passthrough", NUMBERS), ("words", words, TEXT)], sparse_threshold=0)
    boosting = HistGradientBoostingRegressor(
        learning_rate=rate, max_iter=rounds, max_leaf_nodes=leaves, early_stopping=False, random_state=seed
    )
    return make_pipeline(columns, boosting)
