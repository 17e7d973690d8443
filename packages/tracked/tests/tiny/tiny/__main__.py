"""All stages in one process: `python -m tiny`."""

from tracked import main

if __name__ == "__main__":
    main()
