"""Data sets: loading, checking, splitting and scaling them, and the files that hold the parts."""
