"""Several people log at once to a server on PostgreSQL, which is killed and started again in their midst."""

import socket

import pytest

pytestmark = [pytest.mark.team, pytest.mark.xdist_group("load")]
SECONDS = 20


def test_nothing_is_lost_and_nothing_comes_twice(load, postgres, tmp_path):
    database = postgres.database()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    with load.server(tmp_path / "server", database, port) as server:
        points = load.logged(server.uri, tmp_path, SECONDS, server.again)
    load.check(points, database)
    assert len(points) > load.CLIENTS
