"""`--help` of a stage: what can be set, with the comments of conf/, and no advertisement."""

CONFIG = """defaults:
  - fit_fast/start: near
  - _self_

seed: 7
fit_slow: {rate: 0.01, epochs: 3}
fit_fast:  # the fast one
  rate: 0.1  # of a step
  epochs: 4

hydra:
  run: {dir: outputs/run}
"""


def written(tiny, files):
    for name, text in files.items():
        (tiny.path / "conf" / name).parent.mkdir(parents=True, exist_ok=True)
        (tiny.path / "conf" / name).write_text(text)


def test_help_shows_settings_choices_and_presets_with_their_comments(tiny):
    written(
        tiny,
        {
            "config.yaml": CONFIG,
            "fit_fast/start/near.yaml": "# Close by.\nvalue: 0.5  # of the slope\n",
            "fit_fast/start/far.yaml": "# Far off.\nvalue: 50.0\n",
            "experiment/long.yaml": "# @package _global_\n# Many epochs. And more words.\nfit_fast: {epochs: 40}\n",
        },
    )

    lines = [" ".join(line.split()) for line in tiny.run("tracked", "run", "fit_fast", "--help").stdout.splitlines()]
    chosen = tiny.run("tracked", "run", "fit_fast", "--help", "fit_fast/start=far").stdout

    assert lines[0] == "The fast fit: data/ -> models/fast.npz, reports/fit_fast/."
    shown = lines[lines.index("Settings, with the values that conf/ gives them:") + 1 :]
    assert shown[: shown.index("")] == [
        "fit_fast: the fast one",
        "fit_fast/start=near or far",
        "fit_fast.start.value=0.5 of the slope",
        "fit_fast.rate=0.1 of a step",
        "fit_fast.epochs=4",
        "seed=7",
    ]
    assert "+experiment=long Many epochs." in lines
    assert "tracked run fit_fast -m fit_fast.epochs=4,8" in lines
    assert "fit_fast.start.value=50.0" in chosen
    assert "Hydra" not in "\n".join(lines[:10])
    assert not (tiny.path / "outputs").exists()


def test_what_help_advises_works(tiny):
    help_text = tiny.run("tracked", "run", "fit_fast", "--help").stdout
    advised = next(line.split() for line in help_text.splitlines() if line.startswith("  tracked run fit_fast fit"))
    tiny.run(*advised, "--cfg", "job")
    assert "== Flags ==" in tiny.run("tracked", "run", "fit_fast", "--hydra-help").stdout


def test_without_conf_help_shows_params_yaml(tiny):
    tiny.run("rm", "-r", "conf")
    (tiny.path / "params.yaml").write_text("seed: 0\nfit_slow: {rate: 1.0}\nfit_fast:\n  rate: 0.2  # of a step\n")
    lines = [" ".join(line.split()) for line in tiny.run("tracked", "run", "fit_fast", "--help").stdout.splitlines()]
    assert "fit_fast.rate=0.2 of a step" in lines


def test_a_mistake_in_what_goes_with_help_is_one_line(tiny):
    told = tiny.run("tracked", "run", "fit_fast", "--help", "fit_fast.rat=1", ok=False).stderr
    assert told == "error: there is no setting fit_fast.rat: did you mean fit_fast.rate?\n"
