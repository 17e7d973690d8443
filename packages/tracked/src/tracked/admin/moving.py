"""Copy a store into the database of a server: MLflow's own tables, row by row, so that nothing is lost on the way.

Runs and models keep their ids, and with them all that links them. What a database numbers gets its number there:
experiments, which are found by name, and versions of a registered model. Rows are read back before they count: all
arrive, as they are here, or none.

This leans on MLflow's private tables. Both sides need the same version of them.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlflow.store.db.base_sql_model import Base
from mlflow.store.model_registry.dbmodels import models as _registry  # noqa: F401, makes its tables known
from mlflow.store.tracking.dbmodels import models as _tracking  # noqa: F401, makes its tables known
from mlflow.utils.file_utils import local_file_uri_to_path
from mlflow.utils.uri import is_local_uri
from sqlalchemy import Connection, Select, func, insert, select, text, update

from tracked.admin.moved_rows import Experiment, Row, Translation
from tracked.errors import UserError

OF_RUNS = ("runs", "params", "tags", "metrics", "latest_metrics")
OF_MODELS = ("logged_models", "logged_model_params", "logged_model_tags", "logged_model_metrics")
OF_NAMES = ("registered_models", "registered_model_tags")
HANDLED = {*OF_RUNS, *OF_MODELS, *OF_NAMES, "experiments", "experiment_tags", "datasets", "inputs", "input_tags",
           "registered_model_aliases", "model_versions", "model_version_tags", "workspaces"}  # fmt: skip
TABLES = Base.metadata.tables
IDS, ROWS = 100, 2000  # ids in a query, rows in an INSERT
DELETED = "Deleted_Internal"  # the stage of a version of which only the number is left

Goes = Callable[[Row], bool]


@dataclass(frozen=True)
class Count:
    """Entries of a kind: here, there before, and moved."""

    what: str
    here: int
    before: int
    moved: int

    @property
    def whole(self) -> bool:
        return self.here == self.before + self.moved


class Move:
    """From the tables here to those there. What both have stays as it is there."""

    def __init__(self, here: Connection, there: Connection) -> None:
        """Make the experiments that are missing there, which is to be committed. Raises UserError for what can't go."""
        self.here, self.there, self.counts = here, there, list[Count]()
        self._refuse()
        self.translation = Translation(self._experiments())
        self.runs, self.models = self._new("runs", "run_uuid"), self._new("logged_models", "model_id")
        self.folders = [
            *self._folders("runs", "run_uuid", "artifact_uri", self.runs),
            *self._folders("logged_models", "model_id", "artifact_location", self.models),
        ]  # of what is new: where they are here, and there

    def rows(self) -> list[Count]:
        """Copy the rows, into one transaction. Raises UserError when one does not read there as it does here."""
        names, versions, aliases = self._registry()
        for table in OF_RUNS:
            self._copy(table, "run_uuid", self.runs)
        self._datasets()
        given = self.here.execute(select(TABLES["inputs"])).mappings().all()
        mine = [row for row in given if self.runs & {row["source_id"], row["destination_id"]}]
        self._copy("inputs", "input_uuid", {row["input_uuid"] for row in mine})
        self._copy("input_tags", "input_uuid", {row["input_uuid"] for row in mine})
        for table in OF_MODELS:
            self._copy(table, "model_id", self.models)
        for table in OF_NAMES:
            self._copy(table, "name", names)
        for table in ("model_versions", "model_version_tags"):
            self._copy(
                table, "name", {name for name, _ in versions}, lambda row: (row["name"], row["version"]) in versions
            )
        self._copy("registered_model_aliases", "name", {name for name, _ in aliases},
                   lambda row: (row["name"], row["alias"]) in aliases)  # fmt: skip
        for table in sorted(TABLES.keys() - HANDLED):
            if n := self._n(select(TABLES[table])):
                self.counts.append(Count(table, n, 0, 0))
        return self.counts

    def _refuse(self) -> None:
        here, there = (side.scalar(text("SELECT version_num FROM alembic_version")) for side in (self.here, self.there))
        if here != there:
            raise UserError(
                f"the tables of the store ({here}) and of the server ({there}) are of different versions of MLflow: "
                "`mlflow db upgrade` brings a copy of the older up to date"
            )
        runs = TABLES["runs"]
        going = self.here.scalars(select(runs.c.name).where(runs.c.status == "RUNNING")).all()
        if going:
            raise UserError(
                f"{going[0]!r} is running: move when it has ended, or, where it died, when `tracked ui` has closed it"
            )

    def _experiments(self) -> dict[int, Experiment]:
        """The experiments by their number here, each found there by its name, or made."""
        table = TABLES["experiments"]
        there = {row["name"]: dict(row) for row in self.there.execute(select(table)).mappings()}
        found = {}
        for row in self.here.execute(select(table)).mappings().all():
            same = there.get(row["name"]) or self._make_experiment(row)
            if same["lifecycle_stage"] == "deleted" and row["lifecycle_stage"] != "deleted":
                raise UserError(
                    f"experiment {row['name']!r} is deleted there: `mlflow experiments restore`, on the server"
                )
            locations = row["artifact_location"], same["artifact_location"]
            found[row["experiment_id"]] = Experiment(same["experiment_id"], *locations)
        return found

    def _make_experiment(self, row: Any) -> Row:
        """Insert one with its tags and the next number there, its files where a server that serves them keeps them."""
        table, tags = TABLES["experiments"], TABLES["experiment_tags"]
        own = {column: value for column, value in row.items() if column not in ("experiment_id", "artifact_location")}
        number = self.there.scalar(insert(table).values(**own).returning(table.c.experiment_id))
        location = f"mlflow-artifacts:/{number}"  # which only the number tells, so that it is written after it
        self.there.execute(update(table).where(table.c.experiment_id == number).values(artifact_location=location))
        of_it = select(tags).where(tags.c.experiment_id == row["experiment_id"])
        for tag in self.here.execute(of_it).mappings().all():
            self.there.execute(insert(tags), {**tag, "experiment_id": number})
        return {**own, "experiment_id": number, "artifact_location": location}

    def _new(self, table: str, key: str) -> set[str]:
        """The ids that are not there yet."""
        here, there = (set(side.scalars(select(TABLES[table].c[key]))) for side in (self.here, self.there))
        return here - there

    def _folders(self, table: str, key: str, column: str, new: Collection[str]) -> Iterator[tuple[str, str]]:
        """Where the files of runs or models are here, and there, of the `new` ones; the translation hears of all."""
        for row in self.here.execute(select(TABLES[table])).mappings():
            if row[column]:
                _refuse_if_gone(self.translation.experiments[row["experiment_id"]].location)
                self.translation.add_location(row[column], row["experiment_id"])
                if row[key] in new:
                    yield row[column], self.translation.location(row[column])

    def _datasets(self) -> None:
        """Data sets are known by experiment, name and digest: those that are there are what is linked."""
        table = TABLES["datasets"]
        known = {_identity(row): row["dataset_uuid"] for row in self.there.execute(select(table)).mappings()}
        new = set()
        for row in self.here.execute(select(table)).mappings():
            moved = self.translation.row("datasets", dict(row))
            if (same := known.get(_identity(moved))) is None:
                new.add(row["dataset_uuid"])
            else:
                self.translation.datasets[row["dataset_uuid"]] = same
        self._copy("datasets", "dataset_uuid", new)

    def _registry(self) -> tuple[set[str], set[tuple[str, int]], set[tuple[str, str]]]:
        """The names, versions and aliases that are new."""
        aliases = TABLES["registered_model_aliases"]
        pairs = select(aliases.c.name, aliases.c.alias)
        here, there = ({(row.name, row.alias) for row in side.execute(pairs)} for side in (self.here, self.there))
        return self._new("registered_models", "name"), self._number_versions(), here - there

    def _number_versions(self) -> set[tuple[str, int]]:
        """Give each version its number there. Those that are new, by name and number there.

        One whose files are there is the same version. Any other keeps its number if that is free, or gets the next.
        """
        table = TABLES["model_versions"]
        there = {(row["name"], row["source"]): row["version"] for row in self.there.execute(select(table)).mappings()}
        numbers = self.there.execute(select(table.c.name, func.max(table.c.version)).group_by(table.c.name))
        last: dict[str, int] = dict(numbers.tuples().all())
        new: set[tuple[str, int]] = set()
        alive = select(table).where(table.c.current_stage != DELETED).order_by(table.c.version)
        for row in self.here.execute(alive).mappings():
            name, version = row["name"], row["version"]
            number = there.get((name, self.translation.location(row["source"])))
            if number is None:
                number = last[name] = max(version, last.get(name, 0) + 1)
                new.add((name, number))
            self.translation.versions[name, version] = number
        return new

    def _copy(self, name: str, key: str, ids: Collection[str], goes: Goes = lambda row: True) -> None:
        """Copy the rows of these ids, or those of them of which, as they are there, `goes` is true.

        Raises UserError when what is read back is not what was written.
        """
        table, n = TABLES[name], 0
        for some in _parts(sorted(ids), IDS):
            query = select(table).where(table.c[key].in_(some))
            written, read = self._write(name, query, goes), Sum()
            for rows in _stream(self.there, query):
                read.add([row for row in rows if goes(row)])
            if written != read:
                raise UserError(f"{name}: what was written does not read as it is here, so nothing is moved")
            n += written.n
        here = self._n(select(table))
        self.counts += [Count(name, here, here - n, n)] if here else []

    def _write(self, name: str, query: Select, goes: Goes) -> "Sum":
        """Write the rows that a query finds here, translated. What was written."""
        written = Sum()
        for part in _stream(self.here, query):
            translated = [self.translation.row(name, row) for row in part]
            if rows := [row for row in translated if goes(row)]:
                self.there.execute(insert(TABLES[name]), rows)
                written.add(rows)
        return written

    def _n(self, query: Select) -> int:
        return self.here.scalar(select(func.count()).select_from(query.subquery())) or 0


@dataclass
class Sum:
    """Rows in any order: how many, and the sum of their hashes."""

    n: int = 0
    hashes: int = 0

    def add(self, rows: Sequence[Row]) -> None:
        self.n += len(rows)
        self.hashes += sum(hash(tuple(row.values())) for row in rows)


def _refuse_if_gone(location: str) -> None:
    if is_local_uri(location) and not Path(local_file_uri_to_path(location)).is_dir():
        raise UserError(
            f"the files of the runs are looked for in {location}, which is not there: `tracked ui` has the store of a "
            "repository that was moved look here"
        )


def _identity(row: Any) -> tuple[int, str, str]:
    return row["experiment_id"], row["name"], row["digest"]


def _parts(ids: Sequence[str], n: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), n):
        yield ids[start : start + n]


def _stream(side: Connection, query: Select) -> Iterator[list[Row]]:
    """The rows that a query finds, some at a time."""
    for part in side.execute(query, execution_options={"yield_per": ROWS}).mappings().partitions():
        yield [dict(row) for row in part]
