"""The practical as a plain library, one folder per subject: data, both networks, metrics, pictures, prediction."""


class Refused(Exception):
    """A mistake in the data, a file or a setting, which the user can correct; its message is one line."""
