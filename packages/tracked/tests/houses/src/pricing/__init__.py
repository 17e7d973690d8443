"""What a house is worth: the part that does without pipelines."""
