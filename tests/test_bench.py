"""What the pipeline is measured against still does the same job."""

import json

import pytest


@pytest.mark.long
def test_the_one_script_comes_to_the_accuracies_of_the_pipeline(tmp_path, finished):
    told = finished.run("python", "bench/one_script.py", str(tmp_path / "script"), PYTHONPATH="src").stdout
    accuracies = {network: float(value) for network, value in (line.split(": ") for line in told.splitlines())}
    metrics = {file.stem: json.loads(file.read_text()) for file in finished.path.glob("metrics/*.json")}
    assert accuracies == {name: pytest.approx(found["test_accuracy"], abs=0.02) for name, found in metrics.items()}
