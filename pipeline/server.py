"""The MLflow server that a team shares: `python -m pipeline.server [--login]`, or `make server`."""

from tracked.server import main

if __name__ == "__main__":
    main()
