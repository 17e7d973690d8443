"""What a row of MLflow's tables has to say in another database, where files lie elsewhere and numbers are others'."""

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tracked.errors import UserError
from tracked.pages import names

LOCATIONS = ("artifact_uri", "artifact_location", "source", "storage_location")  # columns that say where files are
OF_VERSIONS = ("model_versions", "model_version_tags", "registered_model_aliases")
ON_DISK = ("/", "file:", ".")  # how the address of a local folder begins

Row = dict[str, Any]


class Experiment(NamedTuple):
    """An experiment of both sides."""

    number: int  # there
    location: str  # of its files, here
    new_location: str  # there


@dataclass
class Translation:
    """From here to there: the numbers of experiments and versions, the ids of data sets, the locations of files."""

    experiments: dict[int, Experiment]  # by number here
    datasets: dict[str, str] = field(default_factory=dict)
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    locations: dict[str, str] = field(default_factory=dict)  # of runs and models

    def add_location(self, location: str, experiment: int) -> None:
        """Hear where the files of a run or model are. Raises UserError unless that is below its experiment's."""
        _, old, new = self.experiments[experiment]
        if location.startswith(f"{old}/"):
            self.locations[location] = new + location.removeprefix(old)
        elif location.startswith(ON_DISK):
            raise UserError(f"files are in {location}, and not below {old}, where those of the experiment belong")

    def location(self, here: str) -> str:
        """Where files are there: a run's, a model's, or something of one; what is on no disk stays where it is."""
        head = here
        while head and head not in self.locations:
            head = head.rpartition("/")[0]
        return self.locations[head] + here.removeprefix(head) if head else here

    def row(self, table: str, row: Row) -> Row:
        """A row as it is there."""
        new = dict(row)
        if "experiment_id" in row:
            new["experiment_id"] = self.experiments[row["experiment_id"]].number
        if table == "runs" and row.get("name"):
            new["name"] = names.cut(row["name"])
        for column in LOCATIONS:
            if row.get(column):
                new[column] = self.location(row[column])
        for column in ("dataset_uuid", *(["source_id"] if row.get("source_type") == "DATASET" else [])):
            if column in row:
                new[column] = self.datasets.get(row[column], row[column])
        if table in OF_VERSIONS:
            new["version"] = self.versions[row["name"], row["version"]]
        if table == "tags" and row["key"] == "mlflow.note.content":
            new["value"] = self._linked(row["value"])
        if table == "logged_model_tags" and row["tag_key"] == "mlflow.modelVersions":
            new["tag_value"] = self._renumbered(row["tag_value"])
        return new

    def _linked(self, text: str) -> str:
        """A description whose links lead to the experiments there. Runs keep their ids."""
        pieces = text.split("#/experiments/")
        for i, piece in enumerate(pieces[1:], 1):
            number, slash, rest = piece.partition("/")
            if number.isdecimal() and int(number) in self.experiments:
                pieces[i] = f"{self.experiments[int(number)].number}{slash}{rest}"
        return "#/experiments/".join(pieces)

    def _renumbered(self, text: str) -> str:
        """The versions that a model's page links to."""
        entries = json.loads(text)
        for entry in entries:
            number = int(entry["version"])
            entry["version"] = type(entry["version"])(self.versions.get((entry["name"], number), number))
        return json.dumps(entries)
