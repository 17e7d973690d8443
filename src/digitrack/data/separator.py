"""What is between the cells of a CSV file, as its first line shows."""

SEPARATORS = ",;\t|"


def separator_of(line: str) -> str:
    """The one that the line has most of; a comma where it has none. csv.Sniffer refuses a line of one column."""
    return max(SEPARATORS, key=line.count)
