"""The stages; `python -m pipeline` runs all of them in one process."""
