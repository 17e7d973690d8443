"""From a picture or a table to a digit; nothing here is slow to import."""
