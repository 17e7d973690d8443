"""What a row of MLflow's tables has to say in another database, where files lie elsewhere and numbers are others'."""

import json
from dataclasses import dataclass, field
from typing import Any

from tracked.errors import UserError

PLACES = ("artifact_uri", "artifact_location", "source", "storage_location")  # columns that say where files are
OF_VERSIONS = ("model_versions", "model_version_tags", "registered_model_aliases")
ON_DISK = ("/", "file:", ".")  # how the address of a local folder begins

Row = dict[str, Any]


@dataclass
class Translation:
    """From here to there: the numbers of experiments and versions, the ids of data sets, the places of files."""

    experiments: dict[int, tuple[int, str, str]]  # its number there, where its files are here, and there
    datasets: dict[str, str] = field(default_factory=dict)
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)  # of runs and models

    def add_place(self, place: str, experiment: int) -> None:
        """Hear where the files of a run or model are. Raises UserError when that is no place of its experiment."""
        _, old, new = self.experiments[experiment]
        if place.startswith(f"{old}/"):
            self.places[place] = new + place.removeprefix(old)
        elif place.startswith(ON_DISK):
            raise UserError(f"files are in {place}, and not below {old}, where those of the experiment belong")

    def place(self, here: str) -> str:
        """Where files are there: a run's, a model's, or something of one; what is on no disk stays where it is."""
        head = here
        while head and head not in self.places:
            head = head.rpartition("/")[0]
        return self.places[head] + here.removeprefix(head) if head else here

    def row(self, table: str, row: Row) -> Row:
        """A row as it is there."""
        new = dict(row)
        if "experiment_id" in row:
            new["experiment_id"] = self.experiments[row["experiment_id"]][0]
        for column in PLACES:
            if row.get(column):
                new[column] = self.place(row[column])
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
                pieces[i] = f"{self.experiments[int(number)][0]}{slash}{rest}"
        return "#/experiments/".join(pieces)

    def _renumbered(self, text: str) -> str:
        """The versions that a model's page links to."""
        entries = json.loads(text)
        for entry in entries:
            number = int(entry["version"])
            entry["version"] = type(entry["version"])(self.versions.get((entry["name"], number), number))
        return json.dumps(entries)
