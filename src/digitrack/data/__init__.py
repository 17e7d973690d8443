"""The digits: split into parts, scaled, and kept in .npz files."""
