"""How good predictions are; the same figures for every network."""
