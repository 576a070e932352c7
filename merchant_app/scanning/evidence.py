"""What several looks at one picture saw, put together: each code once, a contradiction never."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from merchant_app.scanning.decoder import Reading, Sight, same_place
from merchant_app.scanning.frames import Corners
from merchant_app.vouchers.scan import CodeText, classify

Proof: TypeAlias = Callable[[str], bool]
"""Whether a text proves itself right, by a signature or by check characters. Never raises."""
SUSPECTS_MAX = 8
"""Places looked into: in a page full of print, noise is suspected everywhere."""


def checks_out(text: str) -> bool:
    """The proof that needs no key: a short code's check characters fit."""
    return isinstance(classify(text), CodeText)


@dataclass(slots=True)
class _Place:
    """One code: every different text that was read there."""

    corners: Corners
    by_text: dict[str, Reading] = field(default_factory=dict)

    def reading(self, proves: Proof) -> Reading | None:
        """What counts as read here: the only text, or the only one that proves itself."""
        if len(self.by_text) == 1:
            return next(iter(self.by_text.values()))
        proven = [reading for text, reading in self.by_text.items() if proves(text)]
        return proven[0] if len(proven) == 1 else None


class Evidence:
    """Gathers sights of one picture. Two texts for one place are no read: a wrong one is worse.

    Codes that one look shows on top of each other are two codes (one printed inside the other);
    only different looks can contradict each other.
    """

    def __init__(self, proves: Proof) -> None:
        self._proves = proves
        self._places: list[_Place] = []
        self._seen: list[Corners] = []
        self._unplaced = 0
        self.suspects: list[Corners] = []
        """Where a code may be that is not read, in the order of suspicion."""

    def first(self, sight: Sight) -> None:
        """The plain look: what it saw and did not read counts as unread until somebody does."""
        self.add(sight)
        self._seen += sight.unread_at
        self._unplaced = max(0, sight.unread - len(sight.unread_at))

    def add(self, sight: Sight) -> bool:
        """Take in a look; whether it read a code that was not read before."""
        known = tuple(self._places)
        new = 0
        for reading in sight.readings:
            place = next((p for p in known if same_place(reading.corners, p.corners)), None)
            if place is None:
                place = _Place(reading.corners)
                self._places.append(place)
                new += 1
            place.by_text.setdefault(reading.text, reading)
        self._unplaced = max(0, self._unplaced - new)
        for corners in sight.unread_at:
            self.suspect(corners)
        return new > 0

    def suspect(self, corners: Corners) -> None:
        """A code may be here."""
        if len(self.suspects) < SUSPECTS_MAX and not any(
            same_place(corners, known) for known in self.suspects
        ):
            self.suspects.append(corners)

    def is_read(self, corners: Corners) -> bool:
        """Whether the code at this place was read."""
        return any(same_place(corners, place.corners) for place in self._places)

    @property
    def settled(self) -> bool:
        """Something was read, and nothing that the plain look saw is left unread."""
        return bool(self._places) and not self._unplaced and all(map(self.is_read, self._seen))

    def sight(self) -> Sight:
        """All together."""
        readings = [(place, place.reading(self._proves)) for place in self._places]
        unread_at = [corners for corners in self._seen if not self.is_read(corners)]
        unread_at += [place.corners for place, reading in readings if reading is None]
        return Sight(
            tuple(reading for _, reading in readings if reading is not None),
            unread=self._unplaced + len(unread_at),
            unread_at=tuple(unread_at),
        )
