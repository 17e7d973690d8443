import sys

from digitrack import progress


def test_a_terminal_gets_one_line_and_a_file_a_few_plain_ones(capsys, monkeypatch):
    for epoch in range(1, 31):
        progress.report("numpy", epoch, 30, {"val_loss": 0.5})
    plain = capsys.readouterr().out
    assert len(plain.splitlines()) == 5
    assert plain.splitlines()[-1] == "numpy: epoch 30/30  val_loss 0.5000"
    assert "\x1b" not in plain
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    for epoch in range(1, 31):
        progress.report("numpy", epoch, 30, {"val_loss": 0.5})
    assert capsys.readouterr().out.count("\n") == 1
