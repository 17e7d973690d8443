"""Back up the tracked runs, also while runs are going on: `python -m pipeline.backup TO [--folder FOLDER]`."""

from tracked.backup import main

if __name__ == "__main__":
    main()
