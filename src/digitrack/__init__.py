"""The practical as a plain library: digits, two networks, scores, pictures, prediction; a folder each."""


class Refused(Exception):
    """Something in the data, a file or a setting that the user can put right; its message is one line."""
