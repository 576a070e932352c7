"""The demo plays the whole story by itself, and notices when till and service disagree."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.fakes.driven_till import REPOSITORY

STORY = [
    ("waiting", "Ready", None),
    ("valid", "Debitable", "Valid"),
    ("debited", "Debited", None),
    ("next-customer", "Ready", None),
    ("part-found", "Debitable", "Valid"),
    ("part-suggested", "Debitable", "Valid"),
    ("part-chosen", "Debitable", "Valid"),
    ("part-debited", "Debited", None),
    ("already-used", "Declined", "UsedUp"),
    ("unknown", "Declined", "Unknown"),
    ("expired", "Declined", "Expired"),
    ("other-shop", "Declined", "OtherShop"),
    ("wrong-signature", "Declined", "WrongSignature"),
    ("not-a-voucher", "ForeignScan", None),
    ("undo-asked", "ConfirmUndo", None),
    ("undone", "Undone", None),
]
OUTAGE = [
    ("outage-online", "Ready"),
    ("outage-valid", "Debitable"),
    ("outage-no-answer", "Unanswered"),
    ("outage-first-accepted", "Accepted"),
    ("outage-second-valid", "Debitable"),
    ("outage-second-accepted", "Accepted"),
    ("outage-third-valid", "Debitable"),
    ("outage-third-accepted", "Accepted"),
    ("outage-large-valid", "Debitable"),
    ("outage-beyond-limit", "BeyondLimit"),
    ("outage-offline", "Ready"),
    ("outage-line-is-back", "Ready"),
    ("outage-to-settle", "Ready"),
    ("outage-loss-reason", "Ready"),
    ("outage-loss-written", "Ready"),
    ("outage-settled", "Ready"),
]
BALANCES_MINOR = {"whole": 0, "part": 10_000, "expired": 2_000}
DEMO_LIMIT_S = 900


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(REPOSITORY / "build" / "demo.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=DEMO_LIMIT_S,
        check=False,
        env=dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.timeout(DEMO_LIMIT_S)
def test_the_demo_tells_its_story_and_the_books_agree(tmp_path: Path) -> None:
    done = demo("--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search("Traceback|Fatal Python|Exception ignored|QThread", done.stderr)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["agrees"]
    assert summary["failed"] is None
    told = [(step["step"], step["state"], step["verdict"]) for step in summary["steps"]]
    assert told == STORY
    for row in summary["balances"]:
        wanted_minor = BALANCES_MINOR[row["role"]]
        seen = (row["till_minor"], row["service_minor"], row["service_entries_minor"])
        assert seen == (wanted_minor,) * 3
    assert (summary["service"]["wrong"], summary["service"]["alarms"]) == ([], [])
    outage = summary["outage"]
    assert (outage["agrees"], outage["failed"]) == (True, None)
    assert [(step["step"], step["state"]) for step in outage["steps"]] == OUTAGE
    assert outage["loss_minor"] == 5_000
    pictures = [step["picture"] for step in (*summary["steps"], *outage["steps"])]
    assert pictures == sorted(path.name for path in (tmp_path / "out").glob("*.png"))
    for name in pictures:
        look_at(tmp_path / "out" / name)


def look_at(picture: Path) -> None:
    """1024 x 700 pixels of many colours."""
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1024, 700), picture
    colours = {
        image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)
    }
    assert len(colours) > 20, picture


TOUCHED = """
import json, sqlite3, sys
from pathlib import Path

import pytest
sys.path.insert(0, "build")
from demo_cast import cast_of
from demo_story import Story
from merchant_app.bootstrap.training import TrainingService
from PySide6.QtCore import QCoreApplication

application = QCoreApplication([])
folder = Path(sys.argv[1])
service = TrainingService(folder)
service.fill()
cast = cast_of(service)
# The end of a story in which the till debited nothing.
story = Story(None, cast, folder)
before = story.summary(service)
with sqlite3.connect(folder / "central.sqlite") as database:
    touched = database.execute(
        "UPDATE vouchers SET balance_minor = balance_minor - 1000 WHERE id = ? OR id = ?",
        (cast.part.voucher_id, cast.part.voucher_id.replace("-", "")),
    ).rowcount
database.close()
assert touched == 1, "no such voucher"
print(json.dumps([before, story.summary(service)]))
"""


@pytest.mark.timeout(DEMO_LIMIT_S)
def test_a_service_whose_books_were_touched_is_noticed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOUCHED, str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=DEMO_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    before, after = json.loads(done.stdout)
    assert before["agrees"]
    assert not after["agrees"]  # and with that the demo's exit code is 1
    (part,) = [row for row in after["balances"] if row["role"] == "part"]
    assert (part["till_minor"], part["service_minor"], part["agrees"]) == (10_000, 9_000, False)
    assert after["service"]["wrong"]
