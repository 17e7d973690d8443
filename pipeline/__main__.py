"""All stages, one after the other: `python -m pipeline`."""

from tracked import main

if __name__ == "__main__":
    main()
