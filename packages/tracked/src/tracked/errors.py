"""The one exception of this library whose message is meant for the user."""


class UserError(Exception):
    """Something that the user can put right: a setting, a file, a server. One line, no traceback."""
