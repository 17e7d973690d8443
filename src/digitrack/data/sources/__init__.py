"""Where samples come from: a module a kind, each with `load`, which returns a `Source`, and `labels`."""
