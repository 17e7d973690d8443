"""Browse the tracked runs: `python -m pipeline.ui [--port N]`, or `make ui`."""

from tracked.ui import main

if __name__ == "__main__":
    main()
