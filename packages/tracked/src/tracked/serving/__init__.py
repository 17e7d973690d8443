"""Models after their training: how one is asked, by people and programs."""
