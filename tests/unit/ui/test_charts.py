"""What a chart says before anybody paints it: its scale, and its numbers in words."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from merchant_app.ui.charts.series import LINES_MAX, Bar, Chart, Mark, scale

_AMOUNTS = some.integers(min_value=-1_000_000_000, max_value=1_000_000_000)


@given(some.lists(_AMOUNTS, max_size=40))
def test_a_scale_holds_every_bar_and_zero_in_few_even_steps(values: list[int]) -> None:
    lines = scale(values)
    assert 0 in lines
    assert lines[0] <= min([0, *values])
    assert lines[-1] >= max([0, *values])
    assert len(lines) <= LINES_MAX + 1  # one more where bars go up and down
    assert len({after - before for before, after in pairwise(lines)}) <= 1


def test_steps_are_round() -> None:
    assert scale([45_030]) == (0, 20_000, 40_000, 60_000)
    assert scale([1_000_000_000]) == (0, 500_000_000, 1_000_000_000)
    assert scale([]) == (0,)


def _chart(*bars: Bar) -> Chart:
    return Chart(title="", bars=bars, tell=str, columns=(), rows=(), empty="nothing yet")


def test_a_chart_is_heard_with_its_numbers_and_without_the_empty_bars() -> None:
    chart = _chart(
        Bar("10 h", "10", 500, "5,00 €"),
        Bar("11 h", "11", 0, "0,00 €"),
        Bar("Monday", "23", 0, "0,00 €", Mark.OPEN, "not closed"),
    )
    assert chart.spoken == "10 h · 5,00 €; Monday · 0,00 € · not closed"


def test_a_day_that_is_missing_is_no_empty_chart() -> None:
    assert _chart(Bar("10 h", "10", 0, "0,00 €")).is_empty
    assert _chart(Bar("10 h", "10", 0, "0,00 €")).spoken == "nothing yet"
    assert not _chart(Bar("Monday", "23", 0, "0,00 €", Mark.OPEN)).is_empty
