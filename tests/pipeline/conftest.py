"""What tests of the project share: a terminal."""

import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


class Terminal:
    """A command whose input and output are a terminal."""

    def __init__(self, *command: str, cwd: Path, env: dict[str, str]) -> None:
        self.end, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (50, 500))  # no line wraps
        env = {**env, "TERM": "dumb"}
        self.process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)

    def type(self, text: str) -> None:
        os.write(self.end, text.encode())

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """What has been printed since the last call, up to and with a text. AssertionError when it does not come."""
        shown, deadline = b"", time.monotonic() + seconds
        while text.encode() not in shown:
            assert time.monotonic() < deadline, shown.decode(errors="replace")
            if select.select([self.end], [], [], 1)[0]:
                try:
                    shown += os.read(self.end, 1)  # no more: what follows is for the next call
                except OSError:  # the command has ended
                    raise AssertionError(shown.decode(errors="replace")) from None
        return shown.decode(errors="replace")

    def close(self) -> int:
        """Wait for the command's end; its exit code."""
        return self.process.wait(120)


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Starts commands at terminals; they end with the test."""
    started: list[Terminal] = []

    def start(*command: str, cwd: Path, env: dict[str, str]) -> Terminal:
        started.append(Terminal(*command, cwd=cwd, env=env))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()
        os.close(one.end)
