"""The columns of a table of houses."""

NUMBERS = ["area", "rooms", "year"]
TEXT = "description"
FEATURES = [*NUMBERS, TEXT]
PRICE = "price"
PARTS = ("train", "val", "test")
