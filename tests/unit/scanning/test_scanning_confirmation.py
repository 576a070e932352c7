"""When readings of frames become a scan."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from merchant_app.scanning.confirmation import Confirmation, Left, ScanEvent, Scanned
from merchant_app.scanning.decoder import Reading
from tests.fakes.camera_scene import CODE, OTHER_TOKEN, TOKEN

FRAME_S = 1 / 30


def reading(text: str, left: int = 0) -> Reading:
    corners = ((left, 0), (left + 9, 0), (left + 9, 9), (left, 9))
    return Reading(text=text, corners=corners, decoder="test")


def show(
    confirmation: Confirmation, frames: Sequence[Sequence[str]], *, first: int = 0
) -> list[ScanEvent]:
    events: list[ScanEvent] = []
    for number, texts in enumerate(frames, first):
        events += confirmation.look(
            [reading(text) for text in texts], frame_number=number, captured_at_s=number * FRAME_S
        )
    return events


def scanned(events: Sequence[ScanEvent]) -> list[tuple[str, int]]:
    return [(event.text, event.frame_number) for event in events if isinstance(event, Scanned)]


def test_one_frame_is_enough_for_a_signed_token() -> None:
    assert scanned(show(Confirmation(), [[TOKEN]])) == [(TOKEN, 0)]


def test_anything_else_needs_two_frames_that_agree() -> None:
    assert scanned(show(Confirmation(), [[CODE]])) == []
    assert scanned(show(Confirmation(), [[CODE], [CODE]])) == [(CODE, 1)]


def test_two_frames_that_disagree_confirm_nothing() -> None:
    assert scanned(show(Confirmation(), [["a"], ["b"]])) == []


def test_frames_are_counted_per_code_so_the_other_code_is_never_returned() -> None:
    """A count per scanner would reach two with the second code."""
    events = show(Confirmation(), [["a"], ["b"], ["a"]])
    assert scanned(events) == [("a", 2)]


def test_the_same_code_twice_in_one_frame_counts_once() -> None:
    assert scanned(show(Confirmation(), [["a", "a"]])) == []


def test_a_code_that_stays_is_scanned_once() -> None:
    assert scanned(show(Confirmation(), [[TOKEN]] * 300)) == [(TOKEN, 0)]


def test_a_code_that_flickers_is_scanned_once() -> None:
    blink = [[TOKEN], *[[]] * 14, [TOKEN], *[[]] * 25, [TOKEN]]
    assert scanned(show(Confirmation(), blink)) == [(TOKEN, 0)]


def test_a_code_that_left_is_reported_as_gone_and_scanned_again() -> None:
    events = show(Confirmation(), [[TOKEN], *[[]] * 31, [TOKEN]])
    assert [type(event) for event in events] == [Scanned, Left, Scanned]


def test_time_alone_does_not_mean_that_a_code_left() -> None:
    """The scanner was paused for ten seconds and the voucher still lies there."""
    confirmation = Confirmation()
    show(confirmation, [[TOKEN]])
    assert scanned(show(confirmation, [[], [TOKEN]], first=300)) == []


def test_only_looks_in_a_row_mean_that_a_code_left() -> None:
    """Four looks missed it, then it was seen, then the camera was away for two seconds."""
    confirmation = Confirmation()
    show(confirmation, [[TOKEN], *[[]] * 4, [TOKEN]])
    assert show(confirmation, [[], [TOKEN]], first=66) == []


def test_a_code_never_confirmed_leaves_without_a_word() -> None:
    assert show(Confirmation(), [["a"], *[[]] * 60]) == []


def test_with_two_codes_each_event_tells_of_both() -> None:
    events = show(Confirmation(), [[TOKEN, OTHER_TOKEN]])
    assert [event.text for event in events if isinstance(event, Scanned)] == [TOKEN, OTHER_TOKEN]
    for event in events:
        assert isinstance(event, Scanned)
        assert [code.text for code in event.in_view] == [TOKEN, OTHER_TOKEN]


def test_in_view_says_where_each_code_was_last_and_for_how_long_it_is_hidden() -> None:
    confirmation = Confirmation()
    confirmation.look([reading(CODE, left=5)], frame_number=0, captured_at_s=0)
    confirmation.look([reading(CODE, left=8)], frame_number=1, captured_at_s=FRAME_S)
    confirmation.look([], frame_number=2, captured_at_s=2 * FRAME_S)
    (code,) = confirmation.in_view
    assert code.corners[0] == (8, 0)
    assert code.confirmed
    assert code.missed_frames == 1


def test_forgetting_reports_what_lies_there_once_more() -> None:
    confirmation = Confirmation()
    show(confirmation, [[TOKEN]] * 3)
    confirmation.forget()
    assert scanned(show(confirmation, [[TOKEN]] * 3, first=3)) == [(TOKEN, 3)]


def test_a_sheet_full_of_codes_is_bounded() -> None:
    confirmation = Confirmation()
    show(confirmation, [[f"code {n}" for n in range(500)]])
    assert len(confirmation.in_view) == 16


def test_no_secret_in_what_may_be_logged() -> None:
    (event,) = show(Confirmation(), [[TOKEN]])
    assert TOKEN not in repr(event)
    assert TOKEN not in repr(reading(TOKEN))


# Runs of equal frames, because single ones would hardly ever add up to a second of absence.
_runs = st.tuples(st.sets(st.sampled_from([TOKEN, CODE, "a", "b"])), st.integers(1, 40))
frames_of_codes = st.lists(_runs, max_size=12).map(
    lambda runs: [codes for codes, length in runs for _ in range(length)]
)


@given(frames_of_codes)
def test_whatever_is_shown_a_scan_is_of_a_code_seen_in_that_frame(
    frames: list[set[str]],
) -> None:
    for text, number in scanned(show(Confirmation(), [sorted(f) for f in frames])):
        assert text in frames[number]


@given(frames_of_codes)
def test_between_two_scans_of_a_code_it_was_away_for_a_second(frames: list[set[str]]) -> None:
    events = scanned(show(Confirmation(), [sorted(f) for f in frames]))
    for text in {text for text, _ in events}:
        numbers = [number for scanned_text, number in events if scanned_text == text]
        for earlier, later in itertools.pairwise(numbers):
            seen = [n for n in range(earlier, later + 1) if text in frames[n]]
            longest = max(b - a for a, b in itertools.pairwise(seen))
            assert longest * FRAME_S > 1.0
