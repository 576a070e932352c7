"""Two vouchers in front of the camera: neither is taken until only one is left. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterable

from merchant_app.vouchers.scan import CodeText, TokenText, classify

SEEN_LATELY_FRAMES = 2
"""A code missed for longer than this is being taken away; the next one need not wait for it."""


class OneAtATime:
    """Remembers the voucher that was passed over. Belongs to one thread.

    Debiting the wrong one of two vouchers is a mistake nobody notices at the counter.
    """

    def __init__(self) -> None:
        self._passed_over: set[str] = set()

    def in_view(self, seen: Iterable[tuple[str, int]]) -> tuple[bool, str | None]:
        """What the newest frame showed.

        Args:
            seen: the text of each code, and for how many frames it was missed.

        Returns:
            Whether two vouchers or more are in view; and a voucher passed over before that is
            alone now, to be taken as a scan.
        """
        vouchers = {
            text
            for text, missed in seen
            if missed <= SEEN_LATELY_FRAMES and isinstance(classify(text), TokenText | CodeText)
        }
        if len(vouchers) > 1:
            return True, None
        self._passed_over &= vouchers
        alone = self._passed_over.pop() if self._passed_over else None
        return False, alone

    def takes(self, text: str, seen: Iterable[tuple[str, int]]) -> bool:
        """Whether a scan counts now; otherwise it is remembered."""
        others = {
            other
            for other, missed in seen
            if other != text
            and missed <= SEEN_LATELY_FRAMES
            and isinstance(classify(other), TokenText | CodeText)
        }
        if not others or not isinstance(classify(text), TokenText | CodeText):
            return True
        self._passed_over.add(text)
        return False
