"""Move the tracked runs to the server that a team shares: `python -m pipeline.move [--folder FOLDER]`."""

from tracked.move import main

if __name__ == "__main__":
    main()
