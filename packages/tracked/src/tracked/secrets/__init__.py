"""What goes with a run of the repository, and what must not: commit, uncommitted changes, passwords."""
