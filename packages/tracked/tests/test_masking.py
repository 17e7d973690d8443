"""Passwords are taken out of texts; what only looks a little like one stays."""

import logging
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracked.secrets.masking import mask_logs, masked

PLANTED = "pl4nted-Se(ret/@x"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http://ann:pw@host:5000/api does not answer", "http://***@host:5000/api does not answer"),
        ("postgresql+psycopg2://ann:p@w@host/db", "postgresql+psycopg2://***@host/db"),
        ("https://a-token@host/x, https://ann:pw@there", "https://***@host/x, https://***@there"),
        ("mssql://host/db?password=pw&x=1", "mssql://host/db?password=***&x=1"),
        ("key AKIAABCDEFGHIJKLMNOP is", "key *** is"),
        ("Authorization: Bearer abcdefgh.ijklmnop", "Authorization: ***"),
        ("hf_" + "a" * 34, "***"),
        ("no https://hooks.slack.com/services/T0/B0/x", "no https://***"),
    ],
)
def test_addresses_and_keys_are_masked_by_their_form(text, told):
    assert masked(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "sqlite:////home/ann@host/mlflow.db is no MLflow store",
        "http://127.0.0.1:5000/#/experiments/1/runs?view=a@b",
        "train_numpy: epoch 3/30  val_loss 0.1234",
        "ask ann@example.org, or see https://example.org",
        "git checkout 0123456789abcdef",
    ],
)
def test_what_is_no_secret_stays(text):
    assert masked(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "MLFLOW_TRACKING_PASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "GH_TOKEN",
        "X_API_KEY",
        "db_pwd",
        "SSHPASS",
        "PASS",
        "PW",
        "DB_PASS",
        "AUTH",
        "MY_JWT",
        "SESSION_COOKIE",
    ],
)
def test_what_the_environment_holds_as_secret_is_masked_wherever_it_stands(monkeypatch, name):
    monkeypatch.setenv(name, PLANTED)
    assert masked(f"x{PLANTED}y '{PLANTED}' {quote(PLANTED, safe='')}") == "x***y '***' ***"


def test_an_address_is_known_whatever_its_variable_is_called(monkeypatch):
    monkeypatch.setenv("DB", "postgres://ann:pl4nted-Secret@host/db")
    assert masked("no pl4nted-Secret") == "no ***"


def test_a_password_in_an_address_is_masked_alone_too(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://ann:hunter%212/x@host")
    assert masked("no hunter%212/x, no hunter!2/x") == "no ***, no ***"


def test_a_short_secret_is_not_looked_for_inside_of_words(monkeypatch):
    monkeypatch.setenv("DB_PASSWORD", "digit")
    monkeypatch.setenv("MAX_TOKENS", "4096")
    monkeypatch.setenv("SSL_KEY", __file__)
    assert masked(f"digit digits 4096 {__file__}") == f"*** digits 4096 {__file__}"


@given(
    st.text(), st.text(alphabet=st.characters(exclude_characters="/?#'\"<>`", categories=["L", "N", "P"]), min_size=1)
)
def test_no_address_keeps_its_password(text, password):
    assert f"{password}X@" not in masked(f"{text} http://ann:{password}X@host")


@given(st.text())
def test_masking_twice_is_masking_once(text):
    assert masked(masked(text)) == masked(text)


def test_what_libraries_log_is_masked(monkeypatch, caplog):
    monkeypatch.setattr(logging, "_logRecordFactory", logging.LogRecord)
    mask_logs()
    mask_logs()
    try:
        raise OSError("no http://ann:pw@host")
    except OSError:
        logging.getLogger("a.library").exception("asked %s", "http://ann:pw@host")
    assert "asked http://***@host" in caplog.text
    assert "OSError: no http://***@host" in caplog.text
    assert "pw" not in caplog.text
