"""The page for platforms: each of its commands is run against the real service, and its answers
are those that the page shows."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.waiting import LIMIT_S, until
from tests.house.sources import ROOT

PAGE = (ROOT / "resources" / "manual" / "en" / "connecting.md").read_text(encoding="utf-8")
FRENCH = ROOT / "resources" / "manual" / "fr" / "brancher-une-plateforme.md"
PORT = "8321"
MISSING = [name for name in ("curl", "sh", "python3") if shutil.which(name) is None]
_BLOCKS = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END_OF_BLOCK = "-- end of block --"

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this computer: {' '.join(MISSING)}")


def blocks() -> list[tuple[str, Any]]:
    """Each block of commands with the answer that is shown after it; None: none is."""
    found = [(match[1], match[2]) for match in _BLOCKS.finditer(PAGE)]
    return [
        (
            text,
            json.loads(found[place + 1][1])
            if found[place + 1 : place + 2] and found[place + 1][0] == "json"
            else None,
        )
        for place, (kind, text) in enumerate(found)
        if kind == "sh"
    ]


def is_like(answer: Any, shown: Any) -> bool:
    """Whether the answer has all that is shown; "…" stands for anything that is there."""
    if shown == "…":
        return answer not in (None, "")
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(
            key in answer and is_like(answer[key], value) for key, value in shown.items()
        )
    if isinstance(shown, list):
        return len(answer) == len(shown) and all(map(is_like, answer, shown))
    return bool(answer == shown)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def environment() -> dict[str, str]:
    """Our programs on the path, and this repository's code in them."""
    programs = str(Path(sys.executable).parent)
    path = os.pathsep.join((programs, os.environ["PATH"]))
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}


@contextmanager
def served(command: str, folder: Path, port: int) -> Iterator[None]:
    """The page's service, in the other window."""
    words = shlex.split(command.replace("$DATABASE", "sqlite:///trial.sqlite"))
    service = subprocess.Popen(words, cwd=folder, env=environment(), stderr=subprocess.DEVNULL)

    def answers() -> bool:
        assert service.poll() is None, "the service ended"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(answers, what="the service listens")
        yield
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(LIMIT_S)


def run(script: str, folder: Path) -> str:
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_command_of_the_page_answers_as_shown(tmp_path: Path) -> None:
    port = free_port()
    with_port = [(text.replace(PORT, str(port)), shown) for text, shown in blocks()]
    (serve,) = [text for text, _ in with_port if "merchant-central serve" in text]
    others = [(text, shown) for text, shown in with_port if text is not serve]
    setup, rest = others[0], others[1:]
    run(setup[0], tmp_path)
    # One shell for all: each block uses what the one before has set. The sample is there already.
    script = f"\necho '{_END_OF_BLOCK}'\n".join(
        [setup[0].partition("\n")[0], *(text for text, _ in rest)]
    )
    with served(serve, tmp_path, port):
        answers = run(script, tmp_path).split(f"{_END_OF_BLOCK}\n")[1:]
    assert len(answers) == len(rest)
    compared = 0
    for (text, shown), answer in zip(rest, answers, strict=True):
        if shown is not None:
            compared += 1
            assert is_like(json.loads(answer), shown), f"{text}\n{answer}"
    assert compared >= 7
    unanswered = [text for text, shown in rest if "curl" in text and shown is None]
    assert not unanswered, "no call without its answer"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": "…"}),
        ({"a": None}, {"a": "…"}),
        ({"a": [1, 2]}, {"a": [1]}),
        ([], {"a": 1}),
    ],
)
def test_another_answer_than_the_one_shown_is_noticed(answer: Any, shown: Any) -> None:
    assert not is_like(answer, shown)


def test_the_french_page_has_the_same_commands_and_answers() -> None:
    french = FRENCH.read_text(encoding="utf-8")
    assert _BLOCKS.findall(french) == _BLOCKS.findall(PAGE)
    problems = [set(re.findall(r"`([a-z-]+)`", page.split("## 7.")[1])) for page in (french, PAGE)]
    assert problems[0] == problems[1]


def test_the_page_tells_of_every_problem_of_the_contract() -> None:
    from merchant_app.contract.problems import ProblemType

    told = set(re.findall(r"`([a-z-]+)`", PAGE.split("## 7.")[1]))
    untold = {"not-found", "method-not-allowed", "internal"}  # of any HTTP service
    assert {problem.value[0] for problem in ProblemType} - untold <= told
