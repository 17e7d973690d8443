"""The project in README.md, by its own words, where `tracked` is a wheel and nothing of this repository is near."""

import re
import signal
import subprocess
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text()
FILES = dict(re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
(COMMANDS,) = re.findall(r"^```sh\n(git init\n.*?)^```$", README, re.MULTILINE | re.DOTALL)


def section(heading):
    return README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_the_files_have_at_most_sixty_lines():
    assert len([line for text in FILES.values() for line in text.splitlines() if line.strip()]) <= 60
    assert {"pyproject.toml", "project.py", "dvc.yaml", "conf/config.yaml"} < set(FILES)


def test_the_public_names_are_all_there_and_no_others():
    import tracked

    lists = " ".join(re.findall(r"^- (.*?):", section("Public names"), re.MULTILINE))
    assert sorted(re.findall(r"`(\w+)`", lists)) == sorted(tracked.__all__)


def test_the_commands_are_all_there_and_no_others():
    from tracked.command import COMMANDS

    assert set(re.findall(r"^- `tracked (\w+)", section("Commands"), re.MULTILINE)) == {"run", *COMMANDS}


def test_no_line_lets_an_installer_look_up_the_name():
    assert not re.search(r"pip install(?! -\S+)* *['\"]?tracked(\b|\[)", README)


@pytest.mark.long
def test_the_project_works_word_for_word(with_tracked, tmp_path):
    def run(command):
        options = {"check": True, "capture_output": True, "text": True}
        return subprocess.run(["bash", "-c", command], cwd=tmp_path, env=env, **options).stdout

    env = with_tracked.env()
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert run("python -c 'import tracked; print(tracked.__file__)'").startswith(str(with_tracked.site))
    for absent in ("tensorflow", "keras", "sklearn", "matplotlib", "digitrack"):
        run(f"! python -c 'import {absent}' 2> /dev/null")
    *commands, last = COMMANDS.splitlines()
    told = [run(command) for command in commands]
    assert "line: val_accuracy 0." in told[2]
    assert "Data and pipelines are up to date." in told[3]
    assert "Running stage" not in told[3]
    assert "3 jobs: 3 done, 0 running, 0 skipped, 0 failed" in told[4]
    assert "[HYDRA]" not in told[4]  # how its launchers log
    assert "3 jobs: 0 done, 0 running, 3 skipped, 0 failed" in told[5]
    assert (tmp_path / "metrics.json").exists()
    with subprocess.Popen(last.split(), cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as ui:
        assert ui.stdout
        link = next(line for line in ui.stdout if line.startswith("The runs: ")).removeprefix("The runs: ")
        with build_opener(ProxyHandler({})).open(link.strip()) as page:
            assert "<title>MLflow</title>" in page.read().decode()
        ui.send_signal(signal.SIGINT)
        assert ui.wait(60) == 0
