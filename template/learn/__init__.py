"""What is learned: a plain library, without DVC, Hydra or MLflow."""
