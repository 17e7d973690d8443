"""Measure how good predictions are, with the same metrics for every network."""
