"""What happens with files: sources in, one state out, and vouchers on the way of a scan. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from merchant_app.scanning.files.findings import Found, NeedsPassword, Nothing, Progress
from merchant_app.ui.encaisser.states import Sound
from merchant_app.ui.files import states as st
from merchant_app.vouchers.scan import CodeText, TokenText, classify


class FileHands(Protocol):
    """What the presenter can have done. Every method returns at once."""

    def read(self, number: int, sources: Sequence[st.Source], password: str | None) -> None:
        """Read them elsewhere; `FilePresenter.progressed` and `.read` follow."""
        ...

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        ...

    def take(self, text: str) -> None:
        """Go on with this code as if it had been scanned. It may be a secret."""
        ...

    def play(self, sound: Sound) -> None: ...


class FilePresenter:
    """GUI thread only."""

    def __init__(self, hands: FileHands, show: Callable[[st.State], None]) -> None:
        self._hands = hands
        self._show = show
        self._number = 0
        self._sources: tuple[st.Source, ...] = ()
        self.state: st.State = st.Idle()

    @property
    def is_active(self) -> bool:
        """Whether the panel is seen and has the keys."""
        return not isinstance(self.state, st.Idle)

    def arrived(self, sources: Sequence[st.Source]) -> None:
        """Files, or a picture; what came before them is forgotten."""
        self._hands.cancel()
        self._sources = tuple(sources[: st.SOURCES_MAX])
        self._read(None)

    def arrived_as_link(self) -> None:
        """An address, and nothing else."""
        self._hands.cancel()
        self._number += 1
        self._come_to(st.Told("", st.OnlyALink()))

    def progressed(self, number: int, name: str, progress: Progress) -> None:
        """A page of the file is being looked at."""
        if number == self._number and isinstance(self.state, st.Reading):
            self._come_to(st.Reading(name, progress))

    def read(self, number: int, results: Sequence[st.SourceRead]) -> None:
        """All sources were read; an old answer comes too late."""
        if number != self._number or not isinstance(self.state, st.Reading):
            return
        texts, offers, pages_read = _codes(results)
        if len(offers) > 1:
            self._come_to(st.Choosing(offers, pages_read))
            return
        if offers:
            self._take(offers[0].text)
            return
        for result in results:
            if isinstance(result.ending, NeedsPassword):
                self._come_to(st.AskingPassword(result.name, result.ending.was_wrong))
                return
        if texts:
            self._take(texts[0])  # no voucher: the card says what it is instead
            return
        endings = [result for result in results if not isinstance(result.ending, Nothing)]
        told = (endings or list(results))[0]
        self._come_to(st.Told(told.name, told.ending))

    def password_entered(self, password: str) -> None:
        """Try again with it; an empty one is none."""
        if isinstance(self.state, st.AskingPassword) and password:
            self._read(password)

    def chosen(self, index: int) -> None:
        """This one of the list."""
        if isinstance(self.state, st.Choosing) and 0 <= index < len(self.state.offers):
            self._take(self.state.offers[index].text)

    def leave(self) -> None:
        """Esc, or something else goes first: nothing of the files is kept."""
        self._hands.cancel()
        self._number += 1
        self._sources = ()
        if self.is_active:
            self._come_to(st.Idle())

    def _read(self, password: str | None) -> None:
        self._number += 1
        self._come_to(st.Reading(self._sources[0].name))
        self._hands.read(self._number, self._sources, password)

    def _take(self, text: str) -> None:
        self.leave()
        self._hands.take(text)

    def _come_to(self, state: st.State) -> None:
        if isinstance(state, st.AskingPassword | st.Choosing | st.Told):
            self._hands.play(Sound.LOOK)
        self.state = state
        self._show(state)


def _codes(
    results: Sequence[st.SourceRead],
) -> tuple[list[str], tuple[st.Offer, ...], int | None]:
    """All texts in order; those that can be vouchers, each once; pages read, if not all were."""
    texts: list[str] = []
    offers: dict[str, st.Offer] = {}
    pages_read = None
    for result in results:
        if not isinstance(result.ending, Found):
            continue
        pages_read = pages_read or result.ending.truncated_after_pages
        for code in result.ending.codes:
            texts.append(code.text)
            scan = classify(code.text)
            if isinstance(scan, TokenText | CodeText):
                name = result.name if len(results) > 1 else ""
                offers.setdefault(code.text, st.Offer(code.text, scan, name, code.part, code.page))
    return texts, tuple(offers.values()), pages_read
