"""Count words: data/prepared/ -> data/features/."""

import joblib
import pandas as pd
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer

from tracked import Outcome


def run(settings, folder, report):
    own = settings.featurize
    tables = {part: pd.read_csv(folder / f"data/prepared/{part}.tsv", sep="\t") for part in ("train", "test")}
    words = TfidfVectorizer(stop_words="english", max_features=own.max_features, ngram_range=(1, own.ngrams))
    columns = ColumnTransformer([("words", words, "text")]).fit(tables["train"][["text"]])
    made = folder / "data/features"
    made.mkdir(parents=True, exist_ok=True)
    joblib.dump(columns, made / "columns.pkl")
    for part, table in tables.items():
        sparse.save_npz(made / f"{part}.npz", sparse.csr_matrix(columns.transform(table[["text"]])))
        table["label"].to_csv(made / f"{part}.csv", index=False)
    return Outcome({"n_features": len(columns.get_feature_names_out())})
