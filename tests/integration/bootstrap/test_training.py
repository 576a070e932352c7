"""Training mode's service: a process of its own that never outlives the till."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.errors import Problem, ProblemKind
from tests.fakes.driven_till import all_gone, children
from tests.fakes.waiting import LIMIT_S

PARENT = """
import sys
from pathlib import Path
from merchant_app.bootstrap.training import TrainingService
service = TrainingService(Path(sys.argv[1]))
service.start()
print(service.url, service._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample in it."""
    folder = tmp_path_factory.mktemp("training")
    TrainingService(folder).fill()
    return folder


def answers(url: str) -> bool:
    try:
        requests.get(f"{url}/v1/till", timeout=LIMIT_S)
    except requests.ConnectionError:
        return False
    return True


def test_it_starts_stops_and_keeps_its_vouchers(filled: Path) -> None:
    service = TrainingService(filled)
    before = service.practice()
    ports = set()
    for _ in range(2):
        service.start()
        ports.add(service.url)
        assert answers(service.url)
        assert service.practice() == before
        service.stop()
        assert not answers(service.url)
    # A port of its own each time; what others wait for on the last one is not our vouchers.
    assert all(url.startswith("http://127.0.0.1:") for url in ports)
    assert {"valid", "expired", "other_shop"} <= {voucher.kind for voucher in before}
    assert all(voucher.code not in repr(voucher) for voucher in before)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_ends_with_a_till_that_is_killed(filled: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(filled)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        url, pid = parent.stdout.readline().split()
        assert answers(url)
        assert children(parent.pid) == {int(pid)}
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    all_gone({int(pid)})
    assert not answers(url)


def breaks(service: TrainingService) -> None:
    """The database is none."""
    Path(service.database.removeprefix("sqlite:///")).write_bytes(b"no database " * 1_000)


def loses_its_folder(service: TrainingService) -> None:
    """The database cannot be made."""
    Path(service.database.removeprefix("sqlite:///")).mkdir()


@pytest.mark.parametrize("trouble", [breaks, loses_its_folder])
def test_a_service_that_does_not_start_is_a_problem(
    tmp_path: Path, trouble: Callable[[TrainingService], None]
) -> None:
    service = TrainingService(tmp_path)
    trouble(service)
    for attempt in (service.start, service.enrolment_code):
        with pytest.raises(Problem) as caught:
            attempt()
        assert caught.value.kind is ProblemKind.TRAINING_SERVICE_FAILED
    service.stop()


def test_a_question_it_does_not_understand_is_a_problem(filled: Path) -> None:
    with pytest.raises(Problem) as caught:
        TrainingService(filled).ask("enrol", "--shop", f"{SHOP}-of-nowhere")
    assert caught.value.kind is ProblemKind.TRAINING_SERVICE_FAILED
