"""What networks do with samples that they have not seen."""
