"""What the checks know of each function: its right values, and those of typical mistakes."""
