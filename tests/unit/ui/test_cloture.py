"""Clôture's decisions: what is asked before a closing, what follows it, and that later is free."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from merchant_app.errors import Bug, ProblemKind
from merchant_app.reports.figures import Bucket, Figures
from merchant_app.till.closing_results import Blocking
from merchant_app.till.results import NothingToReverse
from merchant_app.ui.charts.series import Mark
from merchant_app.ui.cloture import figures, words
from merchant_app.ui.cloture import states as st
from merchant_app.ui.cloture.presenter import Presenter
from merchant_app.ui.commands import (
    AskClosings,
    AskPapers,
    Deed,
    DoClose,
    DoPostpone,
    Postponed,
    perform,
)
from tests.fakes.screen_stage import ScreenStage

DAY_S = timedelta(days=1).total_seconds()


class Stage(ScreenStage[st.Screen]):
    """The presenter's hands."""

    presenter: Presenter

    def __init__(self) -> None:
        super().__init__()
        self.desk = self.counter.closings
        self.opened: list[Path] = []
        self.free = True
        self.opens = True
        self.offers = 0
        self.presenter = Presenter(self, show=self.screens.append)

    def mode(self) -> st.Mode:
        return self.screen.mode

    def close(self) -> None:
        self.presenter.close_wanted()
        self.answer_all()

    # --- Hands -----------------------------------------------------------------------------------

    def may_move_money(self) -> bool:
        return self.free

    def offer(self) -> None:
        self.offers += 1

    def open_path(self, path: Path) -> bool:
        self.opened.append(path)
        return self.opens


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_day_is_closed_with_one_press(stage: Stage) -> None:
    stage.desk.sell(20)
    stage.open()
    stage.presenter.close_wanted()
    assert stage.mode() == st.Working(Deed.TODAY)
    assert stage.asked == [DoClose(deed=Deed.TODAY, leaving_open=False)]
    stage.answer_all()
    mode = stage.mode()
    assert isinstance(mode, st.Done)
    assert mode.closed.kept.closing.figures.redeemed_minor == 2_000
    stage.presenter.enter()
    assert stage.mode() == st.Overview()


def test_enter_closes_nothing_while_figures_are_read(stage: Stage) -> None:
    stage.open()
    stage.presenter.enter()
    assert stage.asked == []


def test_nothing_can_be_closed_before_it_was_read(stage: Stage) -> None:
    stage.presenter.open()
    stage.presenter.close_wanted()
    assert stage.asked == [AskClosings()]


def test_what_is_to_settle_is_asked_first_and_closed_all_the_same_at_the_second_press(
    stage: Stage,
) -> None:
    stage.desk.blocking = Blocking(questions=0, cards=2, unsent=0)
    stage.open()
    stage.close()
    assert isinstance(stage.mode(), st.Asking)
    assert stage.desk.made == []
    stage.close()
    assert isinstance(stage.mode(), st.Done)


def test_a_question_after_a_crash_leads_to_where_it_is_answered_and_nowhere_else(
    stage: Stage,
) -> None:
    stage.desk.blocking = Blocking(questions=1, cards=0, unsent=0)
    stage.open()
    stage.close()
    assert isinstance(stage.mode(), st.Asking)
    stage.close()
    assert stage.desk.made == []
    stage.presenter.enter()
    assert stage.settles == 1
    assert stage.mode() == st.Overview()


def test_later_is_always_possible_and_recorded(stage: Stage) -> None:
    stage.desk.blocking = Blocking(questions=0, cards=1, unsent=0)
    stage.open()
    stage.close()
    assert not stage.presenter.escape()
    assert stage.asked == [DoPostpone()]
    stage.answer_all()
    assert stage.mode() == st.Overview()
    assert stage.presenter.escape()
    assert len(stage.desk.postponed) == 1


def test_a_forgotten_day_comes_forward_in_the_morning_and_escape_postpones_it(
    stage: Stage,
) -> None:
    stage.desk.sell(20)
    stage.counter.clock.advance(seconds=DAY_S)
    stage.presenter.morning()
    stage.answer_all()
    assert stage.mode() == st.Offering()
    assert stage.offers == 1
    assert stage.presenter.escape(), "Escape leads back to selling at once"
    stage.answer_all()
    assert stage.desk.postponed == [date(2026, 11, 22)]
    stage.open()
    assert stage.mode() == st.Overview()
    assert stage.offers == 1, "it is offered once a morning"


def test_an_answer_from_before_midnight_decides_nothing_of_the_morning(stage: Stage) -> None:
    stage.desk.sell(20)
    stage.presenter.morning()
    before = perform(stage.counter, AskClosings())
    stage.counter.clock.advance(seconds=DAY_S)
    stage.presenter.morning()
    stage.presenter.answered(stage.asked.pop(0), before)
    stage.answer_all()
    assert stage.mode() == st.Offering()


def test_forgotten_days_are_closed_one_after_the_other_then_today(stage: Stage) -> None:
    for euros in (20, 30):
        stage.desk.sell(euros)
        stage.counter.clock.advance(seconds=DAY_S)
    stage.presenter.morning()
    stage.answer_all()
    stage.presenter.enter()
    stage.answer_all()
    for deed in (Deed.FORGOTTEN, Deed.TODAY):
        stage.presenter.enter()
        assert stage.screen.deed is deed
        stage.close()
    days = [one.closing.business_date.day for one in stage.desk.made]
    assert days == [22, 23, 24]


def test_in_the_morning_questions_come_first(stage: Stage) -> None:
    stage.desk.sell(20)
    stage.counter.clock.advance(seconds=DAY_S)
    stage.desk.blocking = Blocking(questions=1, cards=0, unsent=0)
    stage.presenter.morning()
    stage.answer_all()
    assert stage.offers == 0
    assert stage.mode() == st.Overview()


def test_a_month_that_is_due_follows_the_day(stage: Stage) -> None:
    stage.desk.sell(20)
    stage.desk.close_day()
    stage.counter.clock.advance(seconds=9 * DAY_S)
    stage.open()
    stage.presenter.period_wanted()
    stage.answer_all()
    assert isinstance(stage.mode(), st.Done)
    assert words.card_of(stage.screen) is not None
    assert "MOIS" in getattr(words.card_of(stage.screen), "word", "").upper()
    stage.presenter.close_wanted()
    assert stage.asked == [], "no year is due yet"


@pytest.mark.parametrize(
    "kind",
    [ProblemKind.DISK_FULL, ProblemKind.KEYRING_UNAVAILABLE, ProblemKind.JOURNAL_DAMAGED],
)
def test_what_is_in_the_way_is_said_until_the_next_deed(stage: Stage, kind: ProblemKind) -> None:
    stage.open()
    stage.desk.troubles.append(kind)
    stage.close()
    assert stage.screen.news == st.Trouble(kind, closing=True)
    assert words.message(stage.screen).text.startswith("Pas de clôture")
    stage.presenter.changed(unsent_sales=0)
    stage.answer_all()
    assert stage.screen.news == st.Trouble(kind, closing=True)
    stage.close()
    assert isinstance(stage.mode(), st.Done)


def test_money_in_flight_is_finished_first(stage: Stage) -> None:
    stage.open()
    stage.free = False
    stage.close()
    assert stage.screen.news is st.Notice.DEBIT_FIRST
    assert stage.desk.made == []


def test_papers_are_made_again_and_opened(stage: Stage) -> None:
    stage.open()
    stage.close()
    for paper, name in (
        (st.Paper.A4, "00001-day-2026-11-22-a4.pdf"),
        (st.Paper.ROLL, "00001-day-2026-11-22-80mm.pdf"),
        (st.Paper.FOLDER, "closings"),
    ):
        stage.presenter.paper_wanted(paper)
        stage.presenter.paper_wanted(paper)
        assert stage.asked.count(AskPapers(1)) == 1, "an impatient second press makes none"
        stage.answer_all()
        assert stage.opened[-1].name == name
        assert stage.screen.news is st.Notice.PAPER_OPENED
    stage.opens = False
    stage.presenter.paper_wanted(st.Paper.A4)
    stage.answer_all()
    assert stage.screen.news is st.Notice.NOTHING_OPENS_IT


def test_earlier_closings_are_chosen_from_a_list_of_thirty(stage: Stage) -> None:
    for _ in range(35):
        stage.desk.sell(10)
        stage.desk.close_day()
        stage.counter.clock.advance(seconds=DAY_S)
    stage.open()
    stage.presenter.earlier_wanted()
    assert len(stage.screen.earlier) == 30
    stage.presenter.choose(2)
    assert stage.screen.read == stage.screen.earlier[2]
    stage.presenter.paper_wanted(st.Paper.A4)
    assert stage.asked == [AskPapers(33)]
    stage.presenter.choose(99)
    assert stage.mode() == st.Earlier(2)
    assert not stage.presenter.escape()
    assert stage.mode() == st.Overview()


def test_the_last_days_show_the_open_ones_and_say_so(stage: Stage) -> None:
    for euros in (10, 20, 40):
        stage.desk.sell(euros)
        if euros == 10:
            stage.desk.close_day()
        stage.counter.clock.advance(seconds=DAY_S)
    stage.desk.sell(80)
    chart = figures.last_days(stage.desk.preview())
    assert len(chart.bars) == figures.DAYS
    marks = [(bar.value, bar.mark) for bar in chart.bars[-4:]]
    assert marks == [
        (1_000, Mark.FULL),
        (2_000, Mark.OPEN),
        (4_000, Mark.OPEN),
        (8_000, Mark.HATCHED),
    ]
    assert [mark for mark, _word in chart.legend] == [Mark.HATCHED, Mark.OPEN]
    assert "jamais clôturée" in chart.spoken
    assert chart.rows[0][3] == chart.bars[-1].told


def test_a_day_closed_twice_names_both_and_has_nothing_open(stage: Stage) -> None:
    for euros in (10, 20):
        stage.desk.sell(euros)
        stage.desk.close_day()
    chart = figures.last_days(stage.desk.preview())
    assert chart.rows[0][1:3] == ("1, 2", "2")
    assert (chart.bars[-1].value, chart.bars[-1].mark) == (3_000, Mark.FULL)
    assert chart.legend == ()


def test_what_was_reversed_is_taken_off_in_its_hour(stage: Stage) -> None:
    closing = stage.desk.preview().closing
    closing = replace(closing, figures=Figures(by_hour={"10": Bucket(2, 2_000, 500)}))
    (row,) = (row for row in figures.by_hour(closing).rows if row[1] != "0")
    assert row[2:] == (figures.amount(closing, 2_000), figures.amount(closing, -500))


def test_a_forgotten_day_that_is_closed_by_now_is_offered_no_more(stage: Stage) -> None:
    stage.desk.sell(20)
    stage.counter.clock.advance(seconds=DAY_S)
    stage.presenter.morning()
    stage.answer_all()
    assert stage.mode() == st.Offering()
    stage.desk.close_forgotten_day()
    stage.presenter.changed(unsent_sales=0)
    stage.answer_all()
    assert stage.mode() == st.Overview()


def test_no_second_press_closes_over_a_question(stage: Stage) -> None:
    stage.open()
    stage.desk.blocking = Blocking(questions=1, cards=1, unsent=0)
    stage.close()
    assert isinstance(stage.mode(), st.Asking)
    stage.presenter.close_wanted()
    assert stage.asked == []


def test_charts_add_up_to_the_total(stage: Stage) -> None:
    for euros, face in ((20, 20), (12.5, 50), (30, 50), (100_000, 100_000)):
        stage.desk.sell(euros, face=face)
    closing = stage.desk.preview().closing
    for chart in (figures.by_hour(closing), figures.by_face(closing)):
        assert sum(bar.value for bar in chart.bars) == closing.figures.redeemed_minor
    table = figures.figures_table(closing)
    assert table.rows[0][2] == figures.amount(closing, closing.figures.redeemed_minor)


def test_a_thousand_names_are_cut_and_counted(stage: Stage) -> None:
    from tests.ui.gallery_of_closings import WAITING

    closing = replace(stage.desk.preview().closing, waiting=WAITING[:1] * 1_000)
    table = figures.figures_table(closing)
    assert len(table.rows) < figures.NAMED_MAX + 20
    assert any("800" in row[0] for row in table.rows)


def test_an_answer_of_somebody_else_is_a_bug(stage: Stage) -> None:
    with pytest.raises(Bug):
        stage.presenter.answered(AskClosings(), NothingToReverse())
    stage.presenter.answered(DoPostpone(), Postponed())
