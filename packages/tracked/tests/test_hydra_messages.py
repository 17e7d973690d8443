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
        (
            "Could not append to config. An item is already at 'net.size'.\nEither remove + prefix: 'net.size=[1, a]'\n"
            "Or add a second + to add or override 'net.size': '++net.size=[1, a]'",
            "there is a setting net.size already: leave out the plus, net.size=[1, a]",
        ),
        ("missing EQUAL at '<EOF>'", "settings are given as KEY=VALUE"),
        ("another  one", "another one"),
    ],
)
def test_a_message_is_one_line_that_helps(said, shown):
    assert told(ValueError(said)) == shown
