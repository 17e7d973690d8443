"""The exceptions of this library: one whose message is meant for the user, and that of a stage's command."""


class UserError(Exception):
    """Something that the user can put right: a setting, a file, a server. One line, no traceback."""


class CommandFailed(Exception):
    """A command of a stage ended with another exit code than 0."""

    def __init__(self, message: str, said: str) -> None:
        """`said` is what it wrote to standard error last, its traceback if there is one."""
        super().__init__(message)
        self.said = said
