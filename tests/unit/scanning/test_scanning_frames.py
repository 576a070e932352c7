"""The slot between camera and scanner."""

from __future__ import annotations

import threading

import numpy as np

from merchant_app.scanning.frames import Frame, NewestFrame


def frame(number: int) -> Frame:
    return Frame(np.zeros((2, 2, 3), np.uint8), number, number / 30)


def test_the_newest_frame_wins_and_the_older_is_counted_as_replaced() -> None:
    slot = NewestFrame()
    slot.put(frame(1))
    slot.put(frame(2))
    taken = slot.take(timeout_s=0)
    assert taken is not None
    assert taken.number == 2
    assert slot.replaced == 1


def test_a_frame_is_taken_once() -> None:
    slot = NewestFrame()
    slot.put(frame(1))
    slot.take(timeout_s=0)
    assert slot.take(timeout_s=0) is None


def test_whoever_waits_gets_the_frame_that_comes() -> None:
    slot = NewestFrame()
    taken: list[Frame | None] = []
    thread = threading.Thread(target=lambda: taken.append(slot.take(timeout_s=20)))
    thread.start()
    slot.put(frame(7))
    thread.join()
    assert taken[0] is not None
    assert taken[0].number == 7


def test_closing_wakes_whoever_waits_and_drops_what_follows() -> None:
    slot = NewestFrame()
    taken: list[Frame | None] = [frame(0)]
    thread = threading.Thread(target=lambda: taken.append(slot.take()))
    thread.start()
    slot.close()
    thread.join()
    slot.put(frame(1))
    assert taken[1] is None
    assert slot.closed
    assert slot.take() is None


def test_over_a_pause_only_frames_from_after_it_remain() -> None:
    slot = NewestFrame()
    slot.put(frame(1))
    slot.pause()
    slot.put(frame(2))
    slot.resume()
    assert slot.take(timeout_s=0) is None
    slot.put(frame(3))
    assert slot.take(timeout_s=0) is not None
