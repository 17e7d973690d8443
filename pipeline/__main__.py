"""All stages in one process: `python -m pipeline`."""

from tracked import main

if __name__ == "__main__":
    main()
