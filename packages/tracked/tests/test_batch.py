"""A batch is sent in as few calls as MLflow takes, which is 1000 entries a call."""

import math
from unittest.mock import Mock

from tracked.store.batch import Batch


def test_everything_goes_in_one_call_and_figures_that_are_no_numbers_stay_behind():
    batch, client = Batch(), Mock()
    batch.add_metrics({"loss": 1.0, "diverged": math.inf, "undefined": math.nan}, step=3)
    batch.add_params({"n": 5, "data": "http://ann:pw@host"})
    batch.add_tags({"net": "slow"})
    batch.send(client, "id")
    (call,) = client.log_batch.call_args_list
    run_id, metrics, params, tags = call.args
    assert run_id == "id"
    assert [(metric.key, metric.value, metric.step) for metric in metrics] == [("loss", 1.0, 3)]
    assert [(param.key, param.value) for param in params] == [("n", "5"), ("data", "http://***@host")]
    assert [(tag.key, tag.value) for tag in tags] == [("net", "slow")]


def test_figures_are_rounded_unless_they_are_whole_numbers():
    batch = Batch()
    batch.add_metrics({"rmse": 40873.2476, "rows": 1234567, "count": 1234567.0})
    assert [metric.value for metric in batch.metrics] == [40873.0, 1234567.0, 1234567.0]


def test_many_figures_go_in_several_calls_and_a_batch_sent_is_empty():
    batch, client = Batch(), Mock()
    for epoch in range(1, 2501):
        batch.add_metrics({"loss": 1.0}, step=epoch)
    batch.send(client, "id")
    sent = [call.args[1] for call in client.log_batch.call_args_list]
    assert max(map(len, sent)) <= 1000
    assert [metric.step for metrics in sent for metric in metrics] == list(range(1, 2501))
    batch.send(client, "id")
    assert len(client.log_batch.call_args_list) == len(sent)
