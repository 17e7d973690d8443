"""What a job is told reaches it unchanged through Hydra's overrides."""

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from tracked.sweeps.ticket import Ticket


@pytest.mark.parametrize("text", ["n_hidden=5, rate=0.1", "it's {a: [1, 2]}", r"a\b\\", "${seed}", "1", ""])
def test_any_text_arrives_as_it_was(text):
    sent = Ticket(
        "0123",
        "1e5",
        text,
        f"python -m it '{text}'",
        ["make", "fit"],
        "c0de",
        "host 12:0.5",
        {"git_commit": "1e5", "it": text},
    )
    parsed = OverridesParser.create().parse_overrides(sent.overrides())
    told = {override.key_or_group.removeprefix("hydra.sweeper."): override.value() for override in parsed}
    assert Ticket.read(OmegaConf.create(told)) == sent
