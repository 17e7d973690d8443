"""A model server answers what it can't digest as a caller's mistake, and keeps no more of it than it may."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracked.serving import request_limits
from tracked.serving.request_limits import Limits, Refusal, inputs

JSON = [(b"Content-Type", b"application/json; charset=utf-8")]
GOOD = b'{"inputs": [[1, 2.5]]}'


def ask(*chunks, headers=JSON, wait=0.0):
    """The status and the message of the answer to a request that arrives in chunks; 200 is the application's."""
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.request", "more_body": False})
    sent = []

    async def receive():
        await asyncio.sleep(wait)
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    async def app(scope, receive, send):
        await request_limits.answer(send, 200, (await receive())["body"].decode())

    scope = {"type": "http", "method": "POST", "headers": [(name.lower(), value) for name, value in headers]}
    asyncio.run(Limits(app)(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])["message"]


def test_rows_of_numbers_reach_the_model_as_they_are():
    assert ask(GOOD[:5], GOOD[5:]) == (200, GOOD.decode())
    assert ask(b'{"inputs": [1, 2]}') == (200, '{"inputs": [1, 2]}')


def test_instances_are_inputs_for_the_server_behind():
    assert ask(b'{"instances": [[1, 2.5]]}') == (200, GOOD.decode())
    assert ask(b'{"instances": [1, 2.5]}') == (200, GOOD.decode())
    assert ask(b'{"instances": [[1]], "inputs": [[1]]}')[0] == 400


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b'{"inputs": ' + b"[" * 10_000, 400, "nested too deeply"),
        (b"[" * 2_000_000, 413, "at most 20000 rows"),
        (b'{"inputs": ' + b"[" * 500 + b"1" + b"]" * 500 + b"}", 400, "something in a row is none"),
        (b'{"a": ' * 100_000, 400, "nested too deeply"),
        (b'{"inputs": [[1' + b"0" * 5000 + b"]]}", 400, "larger than 2**53"),
        (b'{"inputs": [[9007199254740993]]}', 400, "larger than 2**53"),
        (b'{"inputs": [["1"]]}', 400, "something in a row is none"),
        (b'{"inputs": [[true]]}', 400, "something in a row is none"),
        (b'{"inputs": []}', 400, "at least one"),
        (b'{"inputs": [[]]}', 400, "at least one"),
        (b'{"inputs": [1, [2]]}', 400, "something in a row is none"),
        (b'{"inputs": [[1], 2]}', 400, "rows of numbers"),
        (b'{"inputs": ["1"]}', 400, "something in a row is none"),
        (b'{"inputs": {"a": [1]}}', 400, "rows of numbers"),
        (b'{"dataframe_records": [{"a": 1}, {"b": 1}]}', 400, "all rows must have the columns of the first one"),
        (b'{"dataframe_records": [[1]]}', 400, 'must be [{"column": value, ...}, ...]'),
        (b'{"dataframe_records": [' + b",".join([b'{"a":1}'] * 20_001) + b"]}", 413, "at most 20000 rows"),
        (b'{"dataframe_split": {"columns": [1], "data": [[1]]}}', 400, 'must be {"columns": names, "data": rows}'),
        (b'{"dataframe_split": {"columns": ["a"]}}', 400, 'must be {"columns": names, "data": rows}'),
        (b'{"dataframe_split": {"columns": ["a"], "data": [["1"]]}}', 400, "something in a row is none"),
        (b'{"dataframe_split": {"columns": ["a"], "data": []}}', 400, "at least one"),
        (b'{"inputs": [[1]], "dataframe_records": [{"a": 1}]}', 400, "rows of numbers"),
        (b'{"inputs": [[' + b"1" * 10, 400, "no JSON"),
        (b"\xff\xfe\xfd", 400, "no JSON"),
        (b"", 400, "no JSON"),
        (b'{"inputs": [' + b",".join([b"[1]"] * 20_001) + b"]}", 413, "at most 20000 rows"),
        (b" " * (4 * 2**20 + 1), 413, "at most 4 MiB"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(body, status, told):
    answered, message = ask(body)
    assert answered == status
    assert told in message
    assert len(message) < 300


def test_tables_keep_the_names_of_their_columns():
    table = {"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}
    for sent in ({"dataframe_split": table}, {"dataframe_records": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}):
        assert json.loads(inputs(json.dumps(sent).encode())) == {"inputs": table}


def test_only_a_model_that_takes_text_is_sent_text():
    body = b'{"dataframe_records": [{"a": 1, "city": "Bern"}, {"a": null, "city": null}]}'
    with pytest.raises(Refusal, match="something in a row is none"):
        inputs(body)
    kinds = (int, float, type(None), str)
    assert json.loads(inputs(body, kinds))["inputs"]["data"] == [[1, "Bern"], [None, None]]
    with pytest.raises(Refusal, match="rows of numbers and text: something in a row is none"):
        inputs(b'{"inputs": [[true, "Bern"]]}', kinds)


def test_a_model_of_files_is_sent_one_as_text():
    assert inputs(b'{"instances": "aGVsbG8="}', is_file=True) == b'{"inputs": "aGVsbG8="}'
    for body in (b'{"inputs": [[1]]}', b'{"dataframe_split": "aGVsbG8="}'):
        with pytest.raises(Refusal, match="must be the content of one file in base64"):
            inputs(body, is_file=True)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=20))
def test_whatever_json_it_is_rows_or_refused(rows):
    try:
        inputs(json.dumps({"inputs": rows}).encode())
    except Refusal:
        return
    rows = rows if isinstance(rows[0], list) else [rows]
    assert all(type(cell) in (int, float) for row in rows for cell in row)


def test_what_is_too_large_is_received_but_not_kept(monkeypatch):
    kept = []
    monkeypatch.setattr(request_limits, "bytearray", lambda: kept.append(Counting()) or kept[-1], raising=False)
    assert ask(*[b"0" * 2**20] * 50)[0] == 413
    assert kept[0].most <= 5 * 2**20


class Counting(bytearray):
    most = 0

    def __iadd__(self, more):
        self.extend(more)
        self.most = max(self.most, len(self))
        return self


def test_only_json_is_taken():
    for kind in (b"text/csv", b"application/vnd.apache.parquet", b""):
        assert ask(GOOD, headers=[(b"content-type", kind)])[0] == 415
    assert ask(GOOD, headers=[])[0] == 415


def test_what_arrives_too_slowly_is_given_up(monkeypatch):
    monkeypatch.setattr(request_limits, "SECONDS", 0.05)
    assert ask(GOOD, wait=1)[0] == 408


def test_it_stays_out_of_processes_that_are_no_server(monkeypatch):
    import fastapi

    before = fastapi.FastAPI
    monkeypatch.delenv(request_limits.SERVER, raising=False)
    request_limits.install({"kinds": None, "n_features": 1})
    assert fastapi.FastAPI is before
