"""The practical's questions, answered with evidence: `python -m study` makes docs/practical.md from tracked runs."""
