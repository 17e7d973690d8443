"""What a run's row and page say."""

from pipeline.pages import DigitPages, training

PAGES = DigitPages()
SETTINGS = {
    "seed": 0,
    "train_keras": {
        "n_hidden": 30,
        "optimizer": {"_target_": "keras.optimizers.SGD", "learning_rate": 0.1, "momentum": 0.9},
        "kernel_initializer": {"_target_": "keras.initializers.GlorotUniform"},
    },
    "train_numpy": {"n_hidden": 30, "learning_rate": 0.05, "kernel_initializer": {"name": "normal", "stddev": 0.1}},
}


def test_a_choice_is_a_parameter_by_its_name_and_its_arguments_are_below_it():
    assert PAGES.flat(training(SETTINGS["train_keras"])) == {
        "n_hidden": "30",
        "optimizer": "SGD",
        "optimizer.momentum": "0.9",
        "kernel_initializer": "GlorotUniform",
        "learning_rate": "0.1",
    }
    assert PAGES.flat(SETTINGS["train_numpy"])["kernel_initializer.stddev"] == "0.1"
    assert PAGES.flat({"data": {"_target_": "digitrack.data.sources.csv.load"}}) == {"data": "csv"}


def test_columns_tell_what_sets_trainings_apart():
    assert PAGES.columns(SETTINGS) == {"seed": "0", "n_hidden": "30", "optimizer": "SGD", "learning_rate": "0.1, 0.05"}
    assert PAGES.columns(SETTINGS, ["train_numpy"])["learning_rate"] == "0.05"


def test_an_optimizer_without_a_learning_rate_and_one_with_a_schedule_have_columns():
    plain = {**SETTINGS, "train_keras": {"n_hidden": 3, "optimizer": {"_target_": "keras.optimizers.Adam"}}}
    assert PAGES.columns(plain)["learning_rate"] == "default, 0.05"
    decay = {"_target_": "keras.optimizers.schedules.CosineDecay", "decay_steps": 9}
    scheduled = {
        "train_keras": {"n_hidden": 3, "optimizer": {"_target_": "keras.optimizers.Adam", "learning_rate": decay}}
    }
    assert PAGES.columns(scheduled, ["train_keras"])["learning_rate"] == "CosineDecay"


def test_a_configurations_table_is_narrow_enough_for_a_window_of_1280():
    found = {"keras": {"val_accuracy": 0.9, "test_accuracy": 0.8}, "numpy": {}}
    head, _, keras, numpy = PAGES.results(found, SETTINGS).replace("&emsp;", "").splitlines()
    assert head == "| model | n_hidden | optimizer | learning_rate | val_accuracy | test_accuracy |"
    assert keras == "| keras | 30 | SGD | 0.1 | 0.9000 | 0.8000 |"
    assert numpy == "| numpy | 30 | SGD | 0.05 | - | - |"
