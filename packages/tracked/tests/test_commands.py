"""Which stages are commands, told from dvc.yaml and the code, without running it."""

import yaml

from tracked.dvc import commands
from tracked.project import Where


def test_a_command_is_known_without_an_import(tmp_path):
    files = {
        "ours.py": "from tracked import main\n\ndef run(settings, folder, report): ...\n\nmain(run)\n",
        "old.py": "print 'of another Python'\n",
        "theirs.py": "def run(): ...\n\nraise SystemExit('it was imported')\n",
    }
    stages = {
        "function": ("tracked run theirs", "theirs"), "by_python": ("python -m ours", "ours"),
        "script": ("python theirs.py", "theirs"), "recorded": ("tracked run ours -- python ours.py", "ours"),
        "shell": ("echo", "absent"), "other": ("python2 old.py", "old"),
    }  # fmt: skip
    graph_text = yaml.safe_dump({"stages": {name: {"cmd": cmd} for name, (cmd, _) in stages.items()}})
    for name, text in (files | {"dvc.yaml": graph_text}).items():
        (tmp_path / name).write_text(text)
    where = Where(tmp_path, tmp_path, "project:PROJECT", tmp_path)
    found = {name for name, (_, module) in stages.items() if commands.is_command(where, name, module)}
    assert found == {"script", "recorded", "shell", "other"}
