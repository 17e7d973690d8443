"""Every key of the settings, given what it can't be, in every way in: one line that names it, and nothing runs."""

import math
import os
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.types import RunMode
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from tracked.dvc.internals import composition, written
from tracked.errors import UserError
from tracked.messages import LONGEST, one_line
from tracked.settings.comparing import flat
from tracked.settings.loading import load
from tracked.settings.validation import validate
from tracked.stages.command_line import check
from tracked.sweeps import job_settings, overrides

ROOT = Path(__file__).parents[2]
GOOD = load(ROOT / "params.yaml")
RANGED = {
    *(f"train_keras.optimizer.{name}" for name in ("learning_rate", "momentum", "rho", "beta_1", "weight_decay")),
    *(f"train_keras.kernel_initializer.{name}" for name in ("stddev", "scale")),
}
OPTIONS = {"split.scaling"} | {
    f"train_{net}.{name}" for net in ("keras", "numpy") for name in ("early_stopping", "l2", "rate_decay")
}
KEYS = sorted({*flat(GOOD), *RANGED})
SECTIONS = ["data", "split", "train_keras", "train_numpy", "evaluate", "train_keras.optimizer"]
OPEN = {"data", "train_keras.optimizer"}  # an argument more is the code's to refuse
FREE = {"train_numpy.kernel_initializer.stddev", *OPTIONS, *RANGED}
MORE = float(os.environ.get("SOAK", "1"))

never = st.one_of(  # whatever the key
    st.text(min_size=1, max_size=40).filter(lambda text: text.strip() == text and "${" not in text and "." not in text),
    st.sampled_from(["x" * 5000, "größe", "1e", "None", "???", "os system", "[", "'", "\n", "\0", "a: b", "-"]),
    st.just([]),
    st.lists(st.integers(), min_size=1, max_size=3),
    st.integers().map(lambda value: {"_target_": value}),
    st.sampled_from([math.nan, math.inf, -math.inf]),
)
negative = st.integers(max_value=-1) | st.floats(max_value=-1e-9, allow_infinity=False)


def wrong(key: str) -> st.SearchStrategy:
    """Values that the key refuses, by its type and its range."""
    kinds = [never, negative, st.booleans()]
    if key not in OPEN:
        kinds.append(st.dictionaries(st.sampled_from(["a", "_args_"]), st.integers(), min_size=1))
    if key not in FREE and key not in SECTIONS:
        kinds.append(st.none())
    return st.one_of(kinds)


mistakes = st.sampled_from([*KEYS, *SECTIONS]).flatmap(lambda key: st.tuples(st.just(key), wrong(key)))


def changed(key: str, value: object) -> dict:
    settings = yaml.safe_load(yaml.safe_dump(GOOD))
    *sections, last = key.split(".")
    node = settings
    for section in sections:
        node = node[section]
    node[last] = value
    return settings


def override(key: str, value: object) -> str:
    """As Hydra's command line writes a value; what it can't say is quoted."""
    if isinstance(value, str):
        text = "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    elif isinstance(value, dict):
        text = "{" + ",".join(f"{name}: {inner}" for name, inner in value.items()) + "}"
    else:
        text = {None: "null", True: "true", False: "false"}.get(value) if not isinstance(value, list) else None
        text = text or str(value)
    return f"++{key}={text}"


def by_params(key, value, folder):
    file = folder / "params.yaml"
    file.write_text(yaml.safe_dump(changed(key, value), allow_unicode=True))
    validate(load(file), "params.yaml")


def by_conf(key, value, folder):
    assume(value != "???")  # to Hydra: as before
    shutil.copytree(ROOT / "conf", folder / "conf", dirs_exist_ok=True)
    config = yaml.safe_load((ROOT / "conf/config.yaml").read_text())
    *sections, last = key.split(".")
    node = config
    for section in sections:
        node = node.setdefault(section, {})
    node[last] = value
    (folder / "conf/config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True))
    validate(yaml.safe_load(written(composition(folder / "conf"))), "conf/")


def by_command_line(key, value, folder):
    argv, sys.argv = sys.argv, ["stage", override(key, value)]
    try:
        check(str(ROOT / "conf"), "config", "train_numpy", register=False)
    finally:
        sys.argv = argv


def by_job(key, value, folder):
    """As one of the values of a sweep."""
    name, _, text = override(key, value).partition("=")
    with initialize_config_dir(str(ROOT / "conf"), job_name="train_numpy", version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        config = loader.load_configuration("config", [], RunMode.MULTIRUN)
        try:
            given = [OverridesParser.create().parse_override(f"{name}=0")]
            settings = job_settings.settings(config, loader, given, {name: text})
        except Exception as error:  # Hydra's: its application makes a line of them
            raise UserError(" ".join(str(error).split())) from None
    validate(settings, "settings")


def refused(way, key, value, folder):
    with pytest.raises(UserError) as error:
        way(key, value, folder)
    line = one_line(error.value)
    assert key in line or "In 'config'" in line  # Hydra's, of a section that is a list
    assert "\n" not in line
    assert len(line) < LONGEST + 100


def example(n):
    return runs(
        max_examples=n,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@example(40)
@given(mistake=mistakes)
def test_a_bad_value_in_params_is_refused(tmp_path, mistake):
    refused(by_params, *mistake, tmp_path)


@example(5)
@given(mistake=mistakes)
def test_a_bad_value_on_the_command_line_is_refused(tmp_path, mistake):
    refused(by_command_line, *mistake, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize(("way", "n"), [(by_params, 400), (by_conf, 150), (by_command_line, 300), (by_job, 150)])
def test_a_thousand_bad_settings_are_refused_in_every_way_in(tmp_path, way, n):
    @example(int(n * MORE))
    @given(mistake=mistakes)
    def all_refused(mistake):
        refused(way, *mistake, tmp_path)

    all_refused()


@pytest.mark.parametrize(
    ("sweep", "told"),
    [
        ("train_numpy.n_hidden=range(5,1)", "no value in range"),
        ("train_numpy.n_hidden=range(1,5,0)", "must not be zero"),
        ("train_numpy.n_hidden=range(1,1e9)", "more than 10000 jobs"),
        ("train_numpy.n_hidden=glob(x*)", "no value in glob"),
        ("train_numpy.learning_rate=interval(1,0.1)", "empty or has no end"),
        ("train_numpy.learning_rate=interval(nan,1)", "empty or has no end"),
    ],
)
def test_a_sweep_of_no_values_or_too_many_is_refused(sweep, told):
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        with pytest.raises(UserError, match=told):
            overrides.given({}, [sweep], "train_numpy", loader)
