"""What trainings have in common, whichever the network."""
