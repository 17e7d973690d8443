"""Test networks on samples that they have not seen."""
