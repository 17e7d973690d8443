"""Remove for good what was deleted in the UI, and what nothing needs any more: `make gc`."""

from tracked.garbage import main

if __name__ == "__main__":
    main()
