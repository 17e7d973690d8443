"""A store that was moved or copied with its repository: MLflow keeps absolute paths, which then lead elsewhere.

This leans on MLflow's private tables. Where they are not as expected nothing is changed, and the user is told.
"""

import sys

import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

PATH_COLUMNS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


def follow(uri: str, old: str, new: str) -> None:
    """Replace the start `old` of every path in an SQLite store by `new`."""
    engine = sqlalchemy.create_engine(uri)
    try:
        with engine.begin() as connection:  # all of them or none
            for table, column in PATH_COLUMNS:
                command = (
                    f"UPDATE {table} SET {column} = :new || substr({column}, :n + 1) "  # noqa: S608, names from above
                    f"WHERE substr({column}, 1, :n) = :old"
                )
                connection.execute(sqlalchemy.text(command), {"new": new, "n": len(old), "old": old})
    except SQLAlchemyError as error:
        reason = str(error).splitlines()[0]
        print(f"the store was moved, but MLflow still looks for its files in {old} ({reason})", file=sys.stderr)
    finally:
        engine.dispose()
