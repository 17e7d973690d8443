"""A sweep as one writes it with Hydra and MLflow alone: what `python bench/sweeps.py plain` measures ours against.

Same settings, split, network, epochs and figures; nothing is skipped, compared or resumed. Figures are logged as in
MLflow's own examples, `log_metric` for each; with `+together=true` an epoch's go in one call. Run it in a folder
without a store:
`python .../bench/plain_sweep.py -m hydra/sweeper=basic train_numpy.n_hidden=range(5,29) train_numpy.epochs=5`.
"""

from pathlib import Path

import hydra
import mlflow
from omegaconf import DictConfig
from sklearn.datasets import load_digits

from digitrack import neural_net
from digitrack.data import split
from digitrack.data.sources.bunch import source
from digitrack.training.curves import Curves

CONF = str(Path(__file__).resolve().parents[1] / "conf")


@hydra.main(version_base="1.3", config_path=CONF, config_name="config")
def job(cfg: DictConfig) -> float:
    own, kernel = cfg.train_numpy, cfg.train_numpy.kernel_initializer
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.set_experiment("plain")
    with mlflow.start_run(run_name=f"n_hidden={own.n_hidden}"):
        mlflow.log_params({key: str(value) for key, value in own.items()} | {"seed": cfg.seed})
        data = split.make(source(load_digits()), **cfg.split, seed=cfg.seed)
        net = neural_net.NeuralNet(
            64, own.n_hidden, 10, initializer=kernel.name, stddev=kernel.get("stddev"), seed=cfg.seed
        )
        curves, parts = Curves(), [(part.x[:], part.y) for part in (data.train, data.validation)]

        def log(epoch: int, *_: object) -> None:
            last = curves.add(*((net.logits(x), y) for x, y in parts))
            if cfg.get("together"):
                mlflow.log_metrics(last, step=epoch)
            else:
                for name, value in last.items():
                    mlflow.log_metric(name, value, step=epoch)

        targets = neural_net.one_hot(data.train.y, 10)
        net.fit(parts[0][0], targets, learning_rate=own.learning_rate, epochs=own.epochs, seed=cfg.seed, on_epoch=log)
        return curves.last()["val_loss"]


if __name__ == "__main__":
    job()
