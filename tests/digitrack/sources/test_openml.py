"""The module digitrack.data.sources.openml, on an answer of the server that scikit-learn's own tests bring along."""

import gzip
import re
from importlib.resources import files
from io import BytesIO
from urllib.error import HTTPError, URLError

import numpy as np
import pytest
from sklearn.datasets import load_iris

from digitrack import Refused
from digitrack.data.sources import openml

RECORDED = files("sklearn.datasets.tests.data.openml.id_61")
IRIS = {
    r"/data/list/data_name/iris/limit/2/data_version/1$": "api-v1-jdl-dn-iris-l-2-dv-1.json.gz",
    r"/json/data/61$": "api-v1-jd-61.json.gz",
    r"/json/data/features/61$": "api-v1-jdf-61.json.gz",
    r"/json/data/qualities/61$": "api-v1-jdq-61.json.gz",
    r"\.arff$|/data/v1/download/61": "data-v1-dl-61.arff.gz",
}


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """What the server was asked: it knows one data set. What was fetched is kept in a folder of this test's own."""
    import sklearn.datasets._openml as client

    requests = []

    def answer(request, *args, **kwargs):
        requests.append(request.full_url)
        for pattern, name in IRIS.items():
            if re.search(pattern, request.full_url):
                return BytesIO(Answer(gzip.decompress((RECORDED / name).read_bytes())))
        raise HTTPError(request.full_url, 412, "no such data set", {}, BytesIO())

    class Answer(bytes):
        pass

    class Response(BytesIO):
        def info(self):
            return {}

    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setattr(client, "urlopen", lambda request, *a, **k: Response(answer(request).read()))
    return requests


@pytest.mark.parametrize("which", [{"name": "iris", "version": 1}, {"id": 61}])
def test_a_data_set_is_fetched_once(asked, tmp_path, which):
    found = openml.load(**which)
    iris = load_iris()
    assert found.x.shape == (150, 4)
    np.testing.assert_allclose(np.sort(found.x, axis=0), np.sort(iris.data, axis=0), atol=0.5)
    assert found.class_names == ("Iris-setosa", "Iris-versicolor", "Iris-virginica")
    assert found.feature_names == ("sepallength", "sepalwidth", "petallength", "petalwidth")
    np.testing.assert_array_equal(found.y, np.repeat([0, 1, 2], 50))
    before = len(asked)
    np.testing.assert_array_equal(openml.labels(**which)[0], found.y)
    assert len(asked) == before
    kept = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert kept
    for file in kept:  # what the server sent, and nothing pickled
        assert gzip.decompress(file.read_bytes())[:1] in (b"{", b"%", b"@", b"\n"), file


@pytest.mark.parametrize(
    ("which", "told"),
    [
        ({"name": "nothing", "version": 1}, "openml nothing, version 1: Dataset nothing with version 1 not found"),
        ({"id": 99}, "openml data set 99: Dataset with data_id 99 not found"),
        ({"id": 61, "target": "color"}, "openml data set 61: .*color"),
        ({"id": 61, "target": "petalwidth"}, "openml data set 61: .*petalwidth|label of row"),
        ({"id": 61, "shape": [3, 3]}, "needs 9 numbers per row, but there are 4"),
    ],
)
def test_what_is_not_there_is_named(asked, which, told):
    with pytest.raises(Refused, match=told) as error:
        openml.load(**which)
    assert len(str(error.value).splitlines()) == 1


def test_without_a_network_one_line_says_so(asked, monkeypatch):
    import sklearn.datasets._openml as client

    def unreachable(*args, **kwargs):
        raise URLError("Network is unreachable")

    monkeypatch.setattr(client, "urlopen", unreachable)
    monkeypatch.setattr(client.time, "sleep", lambda seconds: None)
    with pytest.raises(Refused, match=r"openml iris, version 1 can't be fetched from openml.org: .*unreachable"):
        openml.load(name="iris", version=1)
