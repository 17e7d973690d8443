"""From a picture or a table to a class. Nothing here is slow to import."""
