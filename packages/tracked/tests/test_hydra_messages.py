"""Hydra's messages, as a user gets them."""

import pytest

from tracked.settings.hydra_messages import told


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "Could not override 'net.sise'.\nTo append to your config use +net.sise=a b",
            "there is no setting net.sise (`--cfg job` prints all); "
            "+net.sise=a b adds one where code takes it as an argument",
        ),
        ("Could not find 'rule/quick'\n\nConfig search path:\n\tprovider=main", "Could not find 'rule/quick'"),
        ("missing EQUAL at '<EOF>'", "settings are given as KEY=VALUE"),
        ("another  one", "another one"),
    ],
)
def test_a_message_is_one_line_that_helps(said, shown):
    assert told(ValueError(said)) == shown
