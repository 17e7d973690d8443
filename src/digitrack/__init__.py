"""The library: data, networks, scores, figures, tracking."""
