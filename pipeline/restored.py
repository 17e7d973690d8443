"""Tell MLflow what DVC brought: `python -m pipeline.restored`; `make ui` and predict do it by themselves."""

from tracked.restored import main

if __name__ == "__main__":
    main()
