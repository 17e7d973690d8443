"""The part that goes with served models."""


class Refused(Exception):
    """Something that the user can put right."""
