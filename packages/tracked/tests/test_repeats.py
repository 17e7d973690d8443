"""Settings that seeds repeat: their means, and which differ beyond chance, on sweeps whose truth is known."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from tracked import Goal
from tracked.sweeps import chance, comparison, repeats
from tracked.sweeps.job import Job

LOSS = Goal("val_loss", "min")


@pytest.fixture(autouse=True)
def _project(monkeypatch):
    project = SimpleNamespace(goals=[LOSS], models={}, goal=lambda metric: None)
    monkeypatch.setattr(comparison, "project", lambda: project)
    monkeypatch.setattr(chance, "project", lambda: project)


def sweep(losses, **made):
    """The rows of a sweep, of losses by n_hidden and seed: NaN for a job that failed, inf for one that diverged."""
    rows = []
    for n_hidden, seeds in losses.items():
        for seed, loss in enumerate(seeds):
            if not math.isnan(loss):
                values = {"a.n_hidden": str(n_hidden), "seed": str(seed)}
                run, diverged = f"{n_hidden} {seed}", math.isinf(loss)
                known = {"val_loss": 1.0 if diverged else loss}
                job = Job(values, values, {}, "", "", state="diverged" if diverged else "done", objective=loss)
                job.run_id, job.metrics = made.get("run") or run, known
                rows.append(job)
    return rows


def told(losses):
    return repeats.verdict(repeats.of(sweep(losses), LOSS))


def noise(rng, kind, n_settings, n_seeds):
    """Losses (n_settings, n_seeds) that differ by nothing but chance, with standard deviation 1."""
    match kind:
        case "normal":
            return rng.normal(size=(n_settings, n_seeds))
        case "heavy tails":  # Student's t with 3 degrees of freedom
            return rng.standard_t(3, size=(n_settings, n_seeds)) / math.sqrt(3)
        case "shared":  # half of the variance is that of the data, which are the same for all settings
            return (rng.normal(size=(n_settings, n_seeds)) + rng.normal(size=n_seeds)) / math.sqrt(2)
        case "shares":  # errors on 360 samples
            return rng.binomial(360, 0.03, size=(n_settings, n_seeds)) / 360
        case "unsteady":  # one of the settings is ten times as unsteady as the others
            return rng.normal(size=(n_settings, n_seeds)) * np.array([10.0] + [1.0] * (n_settings - 1))[:, None]
    raise AssertionError(kind)


SIZES = [(2, 3), (2, 5), (3, 5), (4, 5), (6, 3), (6, 10), (12, 5)]
KINDS = ["normal", "heavy tails", "shared", "shares", "unsteady"]


def n_wrong(seed, n_sweeps, kinds=KINDS, sizes=SIZES):
    """Of sweeps in which nothing differs, how many are said to have settings that differ beyond chance."""
    rng = np.random.default_rng(seed)
    wrong = 0
    for i in range(n_sweeps):
        made = noise(rng, kinds[i % len(kinds)], *sizes[i % len(sizes)])
        wrong += any("beats" in line for line in told(dict(enumerate(made))))
    return wrong


def test_of_20_sweeps_that_differ_by_nothing_but_the_seed_at_most_one_says_otherwise():
    assert n_wrong(0, 20) <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_where_nothing_differs_no_more_than_one_sweep_in_20_says_otherwise(kind):
    assert n_wrong(1, 210, [kind]) <= 210 / 20 + 2 * math.sqrt(210 * 0.05 * 0.95)


@pytest.mark.parametrize(
    ("kind", "n_settings", "n_seeds", "share"),
    [("shared", 2, 5, 0.85), ("normal", 2, 8, 0.9), ("shared", 4, 8, 0.9), ("normal", 4, 10, 0.9)],
)
def test_a_difference_of_two_standard_deviations_is_found(kind, n_settings, n_seeds, share):
    rng, found = np.random.default_rng(2), 0
    for _ in range(100):
        losses = noise(rng, kind, n_settings, n_seeds)
        losses[0] -= 2
        lines = told(dict(enumerate(losses)))
        found += any(line.startswith("n_hidden=0 beats beyond chance: ") for line in lines)
    assert found >= 100 * share


def test_the_p_are_those_of_scipy_and_holm():
    """Holm's own: the smallest p times the number of tests, the next times one less, and so on, none below its
    predecessor."""
    from scipy import stats

    rng = np.random.default_rng(3)
    samples = {name: rng.normal(i, 1, 6) for i, name in enumerate("abc")}
    found = chance.differences(samples)
    raw = [stats.ttest_rel(samples[one.a], samples[one.b]).pvalue for one in found]
    first, second, third = sorted(raw)
    wanted = {first: 3 * first, second: max(3 * first, 2 * second), third: max(3 * first, 2 * second, third)}
    assert [one.p for one in found] == pytest.approx([min(1, wanted[p]) for p in raw])
    alone = chance.differences(samples, "c")
    assert {(one.a, one.b) for one in alone} == {("a", "c"), ("b", "c")}
    assert all(
        one.p >= other.p - 1e-12 for one in alone for other in found if (one.a, one.b) == (other.a, other.b)
    )  # to leave pairs out makes nothing more certain


def test_settings_are_told_by_their_mean_spread_and_interval():
    found = repeats.of(
        sweep({5: [0.9, 0.8, 1.0, math.nan], 100: [0.1, 0.2, 0.3, 0.2], 20: [0.5, math.inf, 0.6, 0.7]}), LOSS
    )
    head, *lines = repeats.text(found).splitlines()
    assert head.split("  ")[0] == "n_hidden"
    assert [" ".join(line.split()) for line in lines[:3]] == [
        "5 3 of 4 0.9000 ± 0.1000 0.6516 to 1.1484",
        "100 4 0.2000 ± 0.0816 0.0701 to 0.3299",
        "20 3 of 4, 1 diverged 0.6000 ± 0.1000 0.3516 to 0.8484",
    ]
    table = repeats.table(found)
    assert table["seeds"] == [3, 4, 3]
    assert table["best"] == [False, True, False]
    assert table["seeds_in_common"] == [3, 0, 3]
    assert table["val_loss_mean"] == pytest.approx([0.9, 0.2, 0.6])
    assert lines[3].startswith("n_hidden=100 beats beyond chance: n_hidden=5 (p = 0.0")


def test_pairs_have_the_seeds_that_both_have():
    many = np.arange(8.0)
    found = repeats.of(sweep({1: [*many, math.nan], 2: [math.nan, *many + 5]}), LOSS)
    (one,) = found.differences
    assert one.n == 7
    assert one.mean == pytest.approx(-4)


def test_the_words_are_about_the_metric_that_chooses():
    lines = told({5: [1.0, 1.1, 1.2, 1.05], 20: [0.5, 0.62, 0.71, 0.53], 100: [0.5, 0.61, 0.7, 0.54]})
    assert lines[0].startswith("n_hidden=100 beats beyond chance: n_hidden=5 (p")
    assert lines[1].startswith("n_hidden=20 beats beyond chance: n_hidden=5 (p")
    assert lines[2].startswith("not distinguishable from the best, n_hidden=100: n_hidden=20 (p = ")
    assert lines[3] == "by val_loss: paired t-test, Holm-corrected for 3 pairs, over the same 4 seeds"


def test_equal_settings_and_a_seed_that_changes_nothing_tell_nothing():
    assert told({1: [0.1, 0.2, 0.3], 2: [0.1, 0.2, 0.3]})[0] == (
        "not distinguishable from the best, n_hidden=1: n_hidden=2 (p = 1)"
    )
    assert told({1: [0.1, 0.1, 0.1], 2: [0.2, 0.2, 0.2]})[0].endswith("n_hidden=2 (p = 1)")
    assert repeats.of(sweep({1: [0.1, 0.1]}, run="the same"), LOSS) is None
    few_digits = told({1: [0.1, 0.2, 0.3], 2: [0.2, 0.3, 0.4]})  # no spread between the differences
    assert few_digits[0].endswith("n_hidden=2 (p = 0.25)")


def test_few_seeds_tell_nothing():
    assert told({1: [0.1, 0.2], 2: [5.1, 5.2]}) == [
        "too few seeds to tell which settings differ: it takes 3 that two have in common"
    ]
    assert told({1: [0.1, 0.2, 0.3]}) == []
    lines = told({1: [0.1, 0.2, 0.15], 2: [5.1, 5.2, math.nan], 3: [9.0, 9.1, 8.9]})
    assert "too few seeds in common to tell: n_hidden=2" in lines


def test_where_every_setting_diverged_once_none_is_the_best():
    assert told({1: [0.1, math.inf], 2: [math.inf, 0.2]}) == [
        "no settings have a finite val_loss with each of their seeds"
    ]


def test_of_many_settings_the_best_is_compared_with_each():
    rng = np.random.default_rng(4)
    losses = {i: rng.normal(i > 0, 0.01, 5) for i in range(30)}
    found = repeats.of(sweep(losses), LOSS)
    assert len(found.differences) == 29
    lines = repeats.text(found).splitlines()
    assert "... the best 20 of 30" in lines
    assert lines[-2].endswith("; and 19 more")
    assert "Holm-corrected for 435 pairs" in lines[-1]


def test_without_a_seed_or_with_nothing_else_there_are_no_repeats():
    rows = sweep({5: [0.1, 0.2, 0.3]})
    for row in rows:
        del row.values["a.n_hidden"]  # `overrides` is the same
    assert repeats.of(rows, LOSS) is None
    rows = sweep({5: [0.1], 20: [0.2]})
    assert repeats.of(rows, LOSS) is None
