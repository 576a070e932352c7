"""Two vouchers before the camera: neither is taken until it is chosen, or alone. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from merchant_app.vouchers.scan import CodeText, TokenText, classify

SEEN_LATELY_FRAMES = 2
"""A code missed for longer than this is being taken away; the next one need not wait for it."""
OFFERED_MAX = 9
"""One digit each."""


class OneAtATime:
    """Remembers the vouchers that were passed over. Belongs to one thread.

    Debiting the wrong one of two vouchers is a mistake nobody notices at the counter.

    Attributes:
        numbers: of the vouchers to choose from, by their text; empty unless there are two. Each
            keeps its number while it is in view.
    """

    def __init__(self) -> None:
        self._passed_over: set[str] = set()
        self._numbers: dict[str, int] = {}

    @property
    def numbers(self) -> Mapping[str, int]:
        return self._numbers if len(self._numbers) > 1 else {}

    def in_view(self, seen: Iterable[tuple[str, int]]) -> tuple[bool, str | None]:
        """What the newest frame showed.

        Args:
            seen: the text of each code, and for how many frames it was missed.

        Returns:
            Whether two vouchers or more are in view; and a voucher passed over before that is
            alone now, to be taken as a scan.
        """
        vouchers = [
            text
            for text, missed in seen
            if missed <= SEEN_LATELY_FRAMES and isinstance(classify(text), TokenText | CodeText)
        ]
        self._number(vouchers)
        if len(vouchers) > 1:
            return True, None
        self._passed_over.intersection_update(vouchers)
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

    def choose(self, number: int) -> str | None:
        """The voucher with this number; None: there is none, or nothing to choose from.

        The others are passed over for good: once the chosen one is taken away, a card that changes
        by itself would have the wrong one debited. Shown again, they are scanned again.
        """
        chosen = next((text for text, its in self.numbers.items() if its == number), None)
        if chosen is not None:
            self._passed_over.clear()
        return chosen

    def _number(self, vouchers: list[str]) -> None:
        self._numbers = {text: its for text, its in self._numbers.items() if text in vouchers}
        for text in vouchers:
            free = set(range(1, OFFERED_MAX + 1)) - set(self._numbers.values())
            if text not in self._numbers and free:
                self._numbers[text] = min(free)
