"""Relevés' decisions: what is asked, what a person sees of it, and that nothing hangs on a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from merchant_app.errors import Bug, Problem, ProblemKind
from merchant_app.i18n import Language, install
from merchant_app.reports.statements.words import Deed
from merchant_app.till.results import NothingToReverse
from merchant_app.till.statement_results import (
    BankFileKind,
    BankFileRefused,
    BankMatch,
    Cancelled,
    NoAnswerKind,
    NoCopy,
    NoStatement,
    Outstanding,
    PeriodKind,
    RefusedKind,
    StatementRefused,
)
from merchant_app.ui.charts.series import Mark
from merchant_app.ui.commands import perform
from merchant_app.ui.palette import Tone
from merchant_app.ui.releves import cards, figures, words
from merchant_app.ui.releves import states as st
from merchant_app.ui.releves.days import span
from merchant_app.ui.releves.presenter import Presenter
from merchant_app.ui.statement_commands import AskBank, AskOutstanding, AskStatement
from tests.fakes.screen_stage import ScreenStage
from tests.ui.gallery_of_statements import EVERY, NOT_ALL, STATEMENTS, differing


class Stage(ScreenStage[st.Screen]):
    """The presenter's hands."""

    presenter: Presenter

    def __init__(self) -> None:
        super().__init__()
        self.desk = self.counter.statements
        self.copied: list[str] = []
        self.dialogs = 0
        self.presenter = Presenter(
            self, clock=self.counter.clock, facts=self.counter.facts, show=self.screens.append
        )

    def news(self) -> st.News | None:
        return self.screen.news

    def page(self) -> st.Page:
        return self.screen.page

    def word(self) -> str:
        card = cards.card_of(self.screen)
        assert card is not None
        return card.spoken

    # --- Hands -----------------------------------------------------------------------------------

    def tell_progress(self, lines: int) -> None:
        self.presenter.progressed(lines)

    def choose_file(self) -> None:
        self.dialogs += 1

    def copy(self, text: str) -> None:
        self.copied.append(text)


@pytest.fixture
def stage() -> Stage:
    return Stage()


# --- the days ------------------------------------------------------------------------------------


def test_three_months_begin_with_a_whole_week_and_hold_whole_months(stage: Stage) -> None:
    stage.open()
    periods = [item.period for item in stage.screen.items if isinstance(item, st.Figures)]
    months = [one for one in periods if one.kind is PeriodKind.MONTH]
    weeks = [one for one in periods if one.kind is PeriodKind.WEEK]
    assert [one.name for one in months] == ["2026-11", "2026-10", "2026-09"]
    assert {one.first_day.day for one in months} == {1}
    assert {one.first_day.weekday() for one in weeks} == {0}
    assert weeks[0].last_day == date(2026, 11, 22)


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 3, 31), date(2028, 2, 29)])
def test_each_span_ends_where_the_later_one_has_its_months(today: date) -> None:
    later = span(0, today=today)
    assert later.last_day == today
    for back in range(1, 9):
        earlier = span(back, today=today)
        assert earlier.first_day.weekday() == 0
        assert earlier.last_day.weekday() == 6
        assert timedelta(-1) <= earlier.last_day - later.first_day <= timedelta(12)
        assert (earlier.last_day - earlier.first_day).days < 120
        later = earlier


def test_earlier_and_back_to_today(stage: Stage) -> None:
    stage.open()
    stage.presenter.earlier_wanted()
    assert stage.screen.found is None
    stage.answer_all()
    assert stage.screen.span.back == 1
    names = [item.period.name for item in stage.screen.items if isinstance(item, st.Figures)]
    assert names[:3] == ["2026-08", "2026-07", "2026-06"]
    assert not stage.presenter.escape()
    stage.answer_all()
    assert stage.screen.span.back == 0
    assert stage.presenter.escape()


# --- what differs --------------------------------------------------------------------------------


def test_calm_when_everything_agrees(stage: Stage) -> None:
    stage.open()
    assert isinstance(stage.screen.item, st.Summary)
    card = cards.card_of(stage.screen)
    assert card is not None
    assert card.tone is Tone.YES
    assert card.word == "Tout concorde"
    assert "vous doit encore" in card.spoken


def test_differences_stand_first_and_one_is_read_at_once(stage: Stage) -> None:
    stage.desk.differences = EVERY
    stage.open()
    kinds = [type(item) for item in stage.screen.items[: len(EVERY) + 2]]
    assert kinds == [st.Summary, *[st.Different] * len(EVERY), st.Figures]
    assert stage.screen.chosen == 1
    assert words.row_of(stage.screen.items[0], stage.screen).startswith(f"✕  {len(EVERY)} écarts")


def test_each_difference_says_what_to_do_with_one_button_at_most(stage: Stage) -> None:
    stage.desk.differences = EVERY
    stage.open()
    deeds = []
    for number in range(1, len(EVERY) + 1):
        stage.presenter.choose(number)
        card = cards.card_of(stage.screen)
        assert card is not None
        assert card.lead
        deeds.append(words.deed_of(stage.screen))
    assert Deed.TO_SETTLE in deeds
    assert Deed.ASK_AGAIN in deeds
    assert Deed.CALL in deeds
    assert deeds[4] is None, "a sum that is wrong has no number to tell"


def test_the_number_for_the_platform_is_copied(stage: Stage) -> None:
    stage.desk.differences = EVERY[:1]
    stage.open()
    stage.presenter.enter()
    assert stage.copied == [str(EVERY[0].sale.redemption_id)]  # type: ignore[union-attr]
    assert stage.screen.news is st.Notice.COPIED
    assert stage.asked == []


def test_what_is_to_settle_leads_there(stage: Stage) -> None:
    stage.desk.differences = EVERY[5:6]
    stage.open()
    stage.presenter.enter()
    assert stage.settles == 1


def test_comparing_again_shows_that_it_came_right(stage: Stage) -> None:
    stage.desk.differences = EVERY[6:7]
    stage.open()
    stage.desk.differences = ()
    stage.presenter.enter()
    assert stage.screen.found is not None, "the old one is seen meanwhile"
    stage.answer_all()
    assert isinstance(stage.screen.item, st.Summary)
    assert "Tout concorde" in stage.word()


def test_whoever_reads_a_week_goes_on_reading_it(stage: Stage) -> None:
    stage.open()
    stage.presenter.choose(5)
    read = stage.screen.item
    stage.desk.differences = EVERY[:2]
    stage.open()
    assert stage.screen.item == read
    assert stage.screen.chosen == 7


def test_what_only_waits_is_no_alarm(stage: Stage) -> None:
    stage.desk.differences = EVERY[6:]
    stage.open()
    stage.presenter.choose(0)
    card = cards.card_of(stage.screen)
    assert card is not None
    assert card.tone is Tone.WAIT


# --- a service that is away, slow, or another ----------------------------------------------------


@pytest.mark.parametrize("why", NoAnswerKind)
def test_no_answer_is_a_sentence_and_a_way_on(stage: Stage, why: NoAnswerKind) -> None:
    stage.desk.next_statement.append(NoStatement(why))
    stage.open()
    card = cards.card_of(stage.screen)
    assert card is not None
    assert card.lead
    assert words.deed_of(stage.screen) is Deed.ASK_AGAIN
    stage.presenter.enter()
    stage.answer_all()
    assert stage.screen.found is not None


@pytest.mark.parametrize("kind", RefusedKind)
def test_a_refusal_is_a_sentence(stage: Stage, kind: RefusedKind) -> None:
    stage.desk.next_statement.append(StatementRefused(kind))
    stage.open()
    assert "{" not in stage.word()


def test_the_last_statement_stays_when_the_line_goes(stage: Stage) -> None:
    stage.open()
    seen = stage.screen.items
    stage.desk.next_statement.append(NoStatement(NoAnswerKind.DOWN))
    stage.open()
    assert stage.screen.items == seen
    assert "établi aujourd’hui" in words.message(stage.screen).text.replace("\u00a0", " ")


def test_a_damaged_journal_is_told_and_nothing_breaks(stage: Stage) -> None:
    stage.desk.next_statement.fail(Problem(ProblemKind.JOURNAL_DAMAGED))
    stage.open()
    assert stage.screen.failure is ProblemKind.JOURNAL_DAMAGED
    stage.presenter.enter()
    stage.answer_all()
    assert stage.screen.found is not None


def test_progress_is_shown_and_escape_stops(stage: Stage) -> None:
    stage.presenter.open()
    stage.presenter.progressed(1_500)
    assert "1500" in stage.word()
    assert not stage.presenter.escape()
    (command,) = stage.asked
    assert isinstance(command, AskStatement)
    assert command.cancelled.is_set()
    assert isinstance(stage.screen.failure, Cancelled)
    stage.answer_all()
    assert stage.screen.found is None
    assert stage.presenter.escape(), "and then it is left"


def test_asking_while_a_stopped_question_hangs_waits_for_its_thread(stage: Stage) -> None:
    stage.presenter.open()
    stage.presenter.escape()
    stage.presenter.enter()
    assert len(stage.asked) == 1, "a service that hangs collects no threads"
    assert stage.screen.asking == st.Asking(0)
    hung = stage.asked.pop()
    stage.presenter.answered(hung, NoStatement(NoAnswerKind.SLOW))
    assert stage.screen.failure is None, "nobody waits for that answer any more"
    stage.answer_all()
    assert stage.screen.found is not None


def test_coming_back_while_it_is_asked_asks_no_second_time(stage: Stage) -> None:
    stage.presenter.open()
    stage.presenter.open()
    assert len(stage.asked) == 1
    assert isinstance(stage.asked[0], AskStatement)
    assert not stage.asked[0].cancelled.is_set()


def test_the_till_is_left_while_it_is_asked(stage: Stage) -> None:
    stage.presenter.open()
    stage.presenter.stop()
    (command,) = stage.asked
    assert isinstance(command, AskStatement)
    assert command.cancelled.is_set()


def test_an_answer_that_came_after_somebody_gave_up_is_not_shown(stage: Stage) -> None:
    stage.presenter.open()
    (command,) = stage.asked
    answer = perform(stage.counter, command)
    stage.presenter.escape()
    stage.presenter.answered(command, answer)
    assert (stage.screen.found, stage.screen.failure) == (None, Cancelled())


# --- the bank's file -----------------------------------------------------------------------------

FILE = Path("releve.csv")


def test_payouts_at_the_bank_stand_before_the_months(stage: Stage) -> None:
    stage.open()
    stage.desk.next_bank.append(NOT_ALL)
    stage.presenter.files_came([FILE])
    assert stage.screen.reading_bank
    stage.answer_all()
    assert [type(item) for item in stage.screen.items[1:4]] == [st.Paid] * 3
    assert "Pas sur votre compte" in stage.word()
    assert "2 lignes n’ont pas pu être lues" in words.message(stage.screen).text
    stage.presenter.choose(0)
    assert "2 écarts" in stage.word(), "what is missing at the bank is no agreement"


def test_what_the_bank_said_stays_while_the_payouts_are_the_same(stage: Stage) -> None:
    stage.open()
    stage.desk.next_bank.append(NOT_ALL)
    stage.presenter.files_came([FILE])
    stage.presenter.files_came([FILE])
    assert [type(command) for command in stage.asked] == [AskBank], "one at a time"
    stage.answer_all()
    found = stage.screen.found
    assert found is not None
    stage.open()
    assert stage.screen.bank == NOT_ALL
    stage.presenter.open()
    command = stage.asked.pop()
    unpaid = replace(found, statement=replace(found.statement, payouts=()))
    stage.presenter.answered(command, unpaid)
    assert stage.screen.bank is None


@pytest.mark.parametrize("kind", BankFileKind)
def test_a_file_that_says_nothing_is_a_sentence(stage: Stage, kind: BankFileKind) -> None:
    stage.open()
    stage.desk.next_bank.append(BankFileRefused(kind))
    stage.presenter.files_came([FILE])
    stage.answer_all()
    line = words.message(stage.screen)
    assert line.text
    assert line.tone is Tone.NO
    stage.presenter.files_came([FILE])
    assert isinstance(stage.asked[0], AskBank), "and the next one works"


def test_a_file_needs_a_statement_and_comes_alone(stage: Stage) -> None:
    stage.presenter.files_came([FILE])
    assert stage.news() is st.Notice.STATEMENT_FIRST
    stage.presenter.bank_wanted()
    assert stage.dialogs == 0
    stage.open()
    stage.presenter.files_came([FILE, FILE])
    assert stage.news() is st.Notice.ONE_FILE
    stage.presenter.bank_wanted()
    assert stage.dialogs == 1


def test_a_file_read_for_other_months_is_dropped(stage: Stage) -> None:
    stage.open()
    stage.desk.next_bank.append(NOT_ALL)
    stage.presenter.files_came([FILE])
    bank = stage.asked.pop()
    stage.presenter.earlier_wanted()
    stage.answer_all()
    answer = perform(stage.counter, bank)
    assert isinstance(answer, BankMatch)
    stage.presenter.answered(bank, answer)
    assert stage.screen.bank is None
    assert not stage.screen.reading_bank


# --- figures -------------------------------------------------------------------------------------


def test_a_week_adds_up_on_screen(stage: Stage) -> None:
    stage.open()
    stage.presenter.choose(5)
    item = stage.screen.item
    assert isinstance(item, st.Figures)
    assert stage.screen.found is not None
    table = figures.period_table(stage.screen.found, item.period)
    assert {len(row) for row in table.rows} == {len(table.columns)}
    chart = figures.by_period(stage.screen, PeriodKind.WEEK)
    assert [bar.mark for bar in chart.bars][-1] is Mark.HATCHED, "this week goes on"
    assert {bar.mark for bar in chart.bars[:-1]} == {Mark.FULL}
    assert {len(row) for row in chart.rows} == {len(chart.columns)}


def test_the_sales_behind_a_week_are_those_of_its_days(stage: Stage) -> None:
    stage.open()
    stage.presenter.choose(5)
    stage.presenter.lines_wanted()
    assert stage.page() is st.Page.LINES
    item = stage.screen.item
    assert isinstance(item, st.Figures)
    lines = figures.lines_of(stage.screen)
    sums = item.period.sums
    assert len(lines.rows) == sums.redeemed_count + sums.reversed_count
    assert not stage.presenter.escape()
    assert stage.page() is st.Page.STATEMENT


def test_what_differs_stands_first_among_the_sales(stage: Stage) -> None:
    stage.desk.next_statement.append(differing(*EVERY[:1]))
    stage.open()
    stage.presenter.choose(0)
    stage.presenter.lines_wanted()
    rows = figures.lines_of(stage.screen).rows
    assert rows[0][-1] == "✕  diffère"
    assert not [row for row in rows[1:] if "diffère" in row[-1]]


# --- what can still be spent ---------------------------------------------------------------------


def test_outstanding_needs_no_service(stage: Stage) -> None:
    stage.desk.next_statement.append(NoStatement(NoAnswerKind.DOWN))
    stage.open()
    stage.presenter.outstanding_wanted()
    stage.answer_all()
    assert isinstance(stage.screen.outstanding, Outstanding)
    chart = figures.by_expiry(stage.screen.outstanding)
    assert sum(bar.value for bar in chart.bars) == stage.screen.outstanding.totals.amount_minor
    table = figures.expiring_table(stage.screen.outstanding, stage.screen)
    assert table.rows[0] == ("…3XK9 · Claire D.", "20,00\u00a0€", "aujourd’hui")
    assert "41 bons" in words.message(stage.screen).text


def test_a_name_that_turns_text_around_is_harmless(stage: Stage) -> None:
    stage.open()
    stage.presenter.outstanding_wanted()
    stage.answer_all()
    found = stage.screen.outstanding
    assert isinstance(found, Outstanding)
    evil = replace(found.totals.expiring[0], holder="Claire\u202e D.\n")
    table = figures.expiring_table(
        replace(found, totals=replace(found.totals, expiring=(evil,))), stage.screen
    )
    assert table.rows[0][0].isprintable()


def test_no_copy_yet_is_a_sentence(stage: Stage) -> None:
    stage.open()
    stage.desk.next_outstanding.append(NoCopy())
    stage.presenter.outstanding_wanted()
    stage.answer_all()
    card = cards.no_outstanding(stage.screen.outstanding)
    assert card is not None
    assert card.lead
    assert not stage.presenter.escape()


def test_an_answer_that_is_not_ours_is_a_bug(stage: Stage) -> None:
    with pytest.raises(Bug, match="AskOutstanding got NothingToReverse"):
        stage.presenter.answered(AskOutstanding(), NothingToReverse())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scene", STATEMENTS, ids=lambda scene: scene.name)
def test_every_state_is_said_in_words(scene: object, language: Language) -> None:
    install(language)
    screen = scene.screen  # type: ignore[attr-defined]
    card = cards.card_of(screen)
    said = [words.title(screen), words.message(screen).text]
    said += [] if card is None else [card.spoken]
    said += [words.row_of(item, screen) for item in screen.items]
    assert not [one for one in said if "{" in one or "None" in one]
    install(Language.FRENCH)
