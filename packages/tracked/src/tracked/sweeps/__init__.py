"""Sweeps: jobs that differ in a few settings, tracked below one run, resumed, and compared."""
