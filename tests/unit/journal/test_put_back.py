"""A journal that came back from its mirror sells and sends at once."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

import pytest

from merchant_app.ids import EpochId, OpId, TillId, VoucherId
from merchant_app.journal.journal import Journal
from merchant_app.ledger.entries import Line, Redemption
from merchant_app.ledger.till import Progress
from merchant_app.money import Money
from tests.fakes.clock import START, FakeClock

CLOCK = FakeClock()
TILL = TillId(UUID(int=7))
FIRST, SECOND = EpochId(UUID(int=1)), EpochId(UUID(int=2))


def redemption(number: int) -> Redemption:
    return Redemption(
        op_id=OpId(UUID(int=100 + number)),
        lines=(Line(VoucherId(UUID(int=5)), Money(500, "EUR"), "…H2M7"),),
        purchase=None,
        honoured=True,
        at=START,
        cashier="Claire",
    )


@pytest.mark.expects_log("they are back")
@pytest.mark.parametrize("image", [True, False], ids=["older image", "no file"])
def test_an_enrolment_that_only_the_mirror_knew_goes_on(tmp_path: Path, image: bool) -> None:
    path, mirror, kept = tmp_path / "journal.sqlite", tmp_path / "mirror", tmp_path / "kept"
    journal = Journal(path, CLOCK, mirror=mirror)
    journal.begin_epoch(FIRST, till_id=TILL, generation=3)
    journal.append(redemption(1))
    journal.close()
    shutil.copy(path, kept)
    journal = Journal(path, CLOCK, mirror=mirror)
    journal.begin_epoch(SECOND, till_id=TILL, generation=3, previous_head=b"h" * 32)
    written = journal.append(redemption(2))
    journal.close()
    path.unlink()
    if image:
        kept.rename(path)

    journal = Journal(path, CLOCK, mirror=mirror)
    assert journal.progress() == Progress(epoch_id=SECOND, reconcile=True)
    assert journal.unsent(limit=9) == written
    assert len(journal.append(redemption(3))) == 1
    journal.record_answer(Progress(epoch_id=SECOND, generation=3, acked_seq=2), receipt=None)
    journal.close()

    journal = Journal(path, CLOCK, mirror=mirror)
    assert journal.progress() == Progress(epoch_id=SECOND, generation=3, acked_seq=2)
    journal.close()
