"""Commands of whoever looks after the runs: browsing, serving, moving, backing up and removing them."""
