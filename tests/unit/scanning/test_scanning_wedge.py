"""Guns and people at one keyboard."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_app.scanning.wedge import (
    CHARACTERS_MAX,
    Completed,
    KeyDeed,
    PassOn,
    Swallow,
    Wedge,
    WedgeScan,
)
from tests.fakes.camera_scene import TOKEN

GUN_S = 0.012
PERSON_S = 0.120


@dataclass
class Window:
    """What a window does with the wedge: a field with the focus, and what was scanned.

    Times are whole milliseconds, as the events of a window have them.
    """

    in_field: bool = True
    wedge: Wedge = field(default_factory=Wedge)
    at_s: float = 100.0
    text: str = ""
    before_burst: str = ""
    pressed: int = 0
    scans: list[WedgeScan] = field(default_factory=list)

    def press(self, character: str, after_s: float, *, auto_repeat: bool = False) -> KeyDeed:
        self.at_s = round(self.at_s + after_s, 3)
        deed = self.wedge.key(
            character, at_s=self.at_s, in_text_field=self.in_field, auto_repeat=auto_repeat
        )
        self.obey(deed, character)
        return deed

    def obey(self, deed: KeyDeed, character: str) -> None:
        match deed:
            case Completed(scan, key):
                self.scans.append(scan)
                self.obey(key, character)
            case Swallow(retract):
                if retract:
                    self.text = self.before_burst
            case PassOn(starts_burst):
                if starts_burst:
                    self.before_burst = self.text
                if character in "\r\n\t":
                    self.pressed += bool(character)
                elif self.in_field:
                    self.text += character

    def type(self, text: str, interval_s: float) -> None:
        for character in text:
            self.press(character, interval_s)

    def pause(self, length_s: float) -> None:
        self.at_s = round(self.at_s + length_s, 3)
        scan = self.wedge.tick(self.at_s)
        if scan is not None:
            self.scans.append(scan)


@pytest.mark.parametrize("suffix", ["\r", "\n", "\t", "\r\n"])
@pytest.mark.parametrize("in_field", [True, False])
def test_a_gun_is_a_scan_wherever_the_focus_is(suffix: str, in_field: bool) -> None:
    window = Window(in_field=in_field, text="87,00")
    window.type(TOKEN + suffix, GUN_S)
    assert window.scans == [WedgeScan(TOKEN, in_text_field=in_field)]
    assert window.text == "87,00", "what was let through was taken back"
    assert window.pressed == 0, "the gun's Enter presses nothing"


def test_a_gun_without_enter_is_complete_after_a_pause() -> None:
    window = Window()
    window.type(TOKEN, GUN_S)
    assert window.wedge.deadline_s == pytest.approx(window.at_s + 0.1)
    window.pause(0.05)
    assert window.scans == []
    window.pause(0.05)
    assert [scan.text for scan in window.scans] == [TOKEN]
    assert window.wedge.deadline_s is None


def test_a_late_timer_loses_neither_the_scan_nor_the_key_that_follows() -> None:
    window = Window(text="5")
    window.type(TOKEN, GUN_S)
    deed = window.press("0", 0.4)
    assert deed == Completed(WedgeScan(TOKEN, in_text_field=True), PassOn(starts_burst=True))
    assert window.text == "50"


def test_two_scans_in_a_row_are_two_scans() -> None:
    window = Window()
    window.type("ABCDEF1\r", GUN_S)
    window.at_s += 0.3
    window.type("ABCDEF2\r", GUN_S)
    assert [scan.text for scan in window.scans] == ["ABCDEF1", "ABCDEF2"]


def test_a_payload_of_many_lines_is_one_scan_and_presses_nothing() -> None:
    window = Window()
    window.type("BEGIN:VCARD\r\nFN:Claire\r\nEND:VCARD\r\n", GUN_S)
    assert [scan.text for scan in window.scans] == ["BEGIN:VCARD"]
    assert window.text == ""
    assert window.pressed == 0


def test_a_person_who_types_is_never_a_gun() -> None:
    window = Window()
    window.type("K7QF-9XAB-03TM-H2ZC-2M\r", PERSON_S)
    assert window.scans == []
    assert window.text == "K7QF-9XAB-03TM-H2ZC-2M"
    assert window.pressed == 1


def test_two_keys_rolled_over_do_not_make_a_gun() -> None:
    window = Window()
    for character, after_s in zip("librairie", (0.1, 0.02, 0.03, 0.08, 0.01) * 2, strict=False):
        window.press(character, after_s)
    assert window.scans == []
    assert window.text == "librairie"


def test_a_key_held_down_is_a_person_even_at_the_speed_of_a_gun() -> None:
    window = Window()
    window.press("0", PERSON_S)
    for _ in range(30):
        window.press("0", 0.030, auto_repeat=True)
    window.press("\r", PERSON_S)
    assert window.text == "0" * 31
    assert window.pressed == 1
    assert window.scans == []


def test_two_keys_of_which_one_is_held_down_are_a_person() -> None:
    window = Window()
    window.type("50", 0.030)
    for _ in range(10):
        window.press("0", 0.030, auto_repeat=True)
    assert window.text == "5" + "0" * 11
    assert window.scans == []


def test_a_system_that_hides_auto_repeat_does_not_make_a_gun_of_it_either() -> None:
    window = Window()
    window.type("0" * 40, 0.030)
    assert window.text == "0" * 40


def test_shift_between_the_characters_of_a_gun_changes_nothing() -> None:
    window = Window()
    for character in TOKEN:
        window.press("", 0.004)
        window.press(character, 0.008)
    window.press("\r", GUN_S)
    assert [scan.text for scan in window.scans] == [TOKEN]


def test_a_gun_over_bluetooth_may_stumble_once_it_is_known() -> None:
    window = Window()
    window.type(TOKEN[:20], GUN_S)
    window.press(TOKEN[20], 0.09)
    window.type(TOKEN[21:] + "\r", GUN_S)
    assert [scan.text for scan in window.scans] == [TOKEN]


def test_a_gun_right_after_typing_takes_back_only_its_own_characters() -> None:
    window = Window()
    window.type("12", PERSON_S)
    window.at_s += 0.2
    window.type(TOKEN + "\r", GUN_S)
    assert window.text == "12"
    assert [scan.text for scan in window.scans] == [TOKEN]


def test_the_sixth_character_says_how_many_reached_the_field() -> None:
    window = Window()
    deeds = [window.press(character, GUN_S) for character in "ABCDEFG"]
    assert deeds[0] == PassOn(starts_burst=True)
    assert deeds[5] == Swallow(retract=5)
    assert deeds[6] == Swallow(retract=0)


def test_without_a_field_there_is_nothing_to_take_back() -> None:
    window = Window(in_field=False)
    deeds = [window.press(character, GUN_S) for character in "ABCDEF"]
    assert deeds[5] == Swallow(retract=0)


def test_a_gun_that_never_ends_does_not_fill_the_memory() -> None:
    window = Window()
    window.type("AB" * CHARACTERS_MAX + "\r", 0.001)
    assert [len(scan.text) for scan in window.scans] == [CHARACTERS_MAX]


def test_a_scan_keeps_its_secret_in_logs() -> None:
    assert TOKEN not in repr(WedgeScan(TOKEN, in_text_field=False))


characters = st.sampled_from("ABCXYZ0123456789:-é&")
person = st.lists(st.tuples(characters, st.integers(36, 2_000)), max_size=60)
gun_text = st.text(characters, min_size=6, max_size=200).filter(lambda t: len(set(t[:6])) > 1)


@given(person)
def test_whatever_a_person_types_arrives_in_the_field(keys: list[tuple[str, int]]) -> None:
    window = Window()
    for character, after_ms in keys:
        window.press(character, after_ms / 1000)
    assert window.text == "".join(character for character, _ in keys)
    assert window.scans == []


@given(person, gun_text, st.integers(1, 34), st.booleans(), person)
def test_a_gun_among_typing_is_scanned_whole_and_leaves_the_field_as_it_was(
    before: list[tuple[str, int]],
    text: str,
    interval_ms: int,
    with_enter: bool,
    after: list[tuple[str, int]],
) -> None:
    window = Window()
    for character, after_ms in before:
        window.press(character, after_ms / 1000)
    window.at_s += 0.5
    window.type(text, interval_ms / 1000)
    if with_enter:
        window.press("\r", interval_ms / 1000)
    window.at_s += 0.5
    for character, after_ms in after:
        window.press(character, after_ms / 1000)
    window.pause(1.0)
    assert [scan.text for scan in window.scans] == [text]
    assert window.text == "".join(character for character, _ in before + after)
    assert window.pressed == 0


@given(st.lists(st.tuples(st.text(max_size=2), st.integers(0, 300), st.booleans(), st.booleans())))
def test_any_keys_at_any_time_give_an_answer_and_none_is_lost(
    keys: list[tuple[str, int, bool, bool]],
) -> None:
    """Every character is in the field, in a scan, or behind a scan's Enter."""
    wedge, at_s, passed, scanned = Wedge(), 0.0, 0, 0
    for text, after_ms, in_field, held in keys:
        at_s += after_ms / 1000
        deed = wedge.key(text, at_s=at_s, in_text_field=in_field, auto_repeat=held)
        if isinstance(deed, Completed):
            scanned += len(deed.scan.text)
        passed += isinstance(deed, PassOn)
    last = wedge.tick(at_s + 1)
    scanned += len(last.text) if last is not None else 0
    assert scanned + passed <= sum(len(text) for text, *_ in keys) + len(keys)
    assert wedge.deadline_s is None
