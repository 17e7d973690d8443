"""The stages; dvc.yaml joins them."""
