"""Models after their training: how MLflow loads one (`wrapper`), and how one is asked (`ask`)."""
