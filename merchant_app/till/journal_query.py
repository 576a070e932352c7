"""What somebody typed into the journal's search field, as a `Query`: "12,50 hier Claire". Pure.

French and English words both, whatever the language of the screens: the person types her own.
Nothing is refused: what is no amount, day, hour or end of a code is a cashier's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as time_of_day

from merchant_app.money import Money, parse_amount
from merchant_app.till.journal_results import Query
from merchant_app.vouchers import code as codes
from merchant_app.vouchers.holders import folded

TEXT_MAX = 120
LABEL_LENGTH = 4
_AROUND = timedelta(minutes=15)
"""Nobody remembers the minute."""
_NEARLY_A_YEAR = timedelta(days=300)

_DAYS_AGO = {
    "aujourd hui": 0, "aujourdhui": 0, "auj": 0, "today": 0,
    "hier": 1, "yesterday": 1, "avant hier": 2,
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for names in (
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for number, name in enumerate(names.split())
}
_MONTHS = {
    name: number
    for names in (
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "january february march april may june july august september october november december",
    )
    for number, name in enumerate(names.split(), start=1)
}
_AMOUNT = re.compile(
    r"(?<![\w.,/:-])(?:[€$£]\s?)?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?"
    r"(?:\s?[€$£])?(?![\w/:-])"
    r"|(?<![\w.,/:-])(?:[€$£]\s?)?\d+[.,]\d{1,2}(?:\s?[€$£])?(?![\w.,/:-])"
    r"|(?<![\w.,/:-])(?:[€$£]\s?\d+|\d+\s?[€$£])(?![\w/:-])"
)
_HOUR = re.compile(r"(?<![\w:])(\d{1,2})\s?(?::|[hH])\s?(\d{2})?(?![\w:])")
_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])")
_SLASHED = re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\w/])")
_NAMED = re.compile(
    rf"(?<!\w)(?:(\d{{1,2}})(?:er|st|nd|rd|th)? )?({'|'.join(_MONTHS)})(?: (\d{{4}}))?(?!\w)"
)
_PLAIN_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when it is typed."""

    now: datetime
    zone: tzinfo
    currency: str

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def query_of(text: str, here: Here) -> Query:
    """What is looked for; an empty text looks for everything."""
    text = text[:TEXT_MAX].strip()
    whole = codes.parse(text)
    if whole is not None:
        return Query(code=whole)
    query, rest = Query(), text
    for take in (_take_day, _take_hour, _take_amount):
        query, rest = take(query, rest, here)
    return _with_words(query, rest, here)


def days_of(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the beginning of one day to the end of another, UTC."""
    return _begin(first, zone), _begin(last + timedelta(days=1), zone)


def _begin(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time_of_day(), zone).astimezone(UTC)


# --- days ----------------------------------------------------------------------------------------


def _take_day(query: Query, text: str, here: Here) -> tuple[Query, str]:
    for find in (_iso, _slashed, _named_month, _named_day):
        found = find(text, here)
        if found is not None:
            first, last, rest = found
            since, until = days_of(first, last, here.zone)
            return replace(query, since=since, until=until), rest
    return query, text


_Days = tuple[date, date, str]


def _iso(text: str, _here: Here) -> _Days | None:
    match = _ISO.search(text)
    day = None if match is None else _date(*(int(part) for part in match.groups()))
    return None if match is None or day is None else (day, day, _without(text, match))


def _slashed(text: str, here: Here) -> _Days | None:
    """Day before month, as in Europe."""
    match = _SLASHED.search(text)
    if match is None:
        return None
    day, month, year = match.groups()
    found = _dated(int(day), int(month), year, here)
    return None if found is None else (found, found, _without(text, match))


def _named_month(text: str, here: Here) -> _Days | None:
    """ "12 novembre", "novembre 2025", "mars"."""
    plain = _same_length(text)
    match = _NAMED.search(plain)
    if match is None:
        return None
    day, name, year = match.groups()
    month = _MONTHS[name]
    first = _dated(int(day or 1), month, year, here)
    if first is None:
        return None
    last = first if day else _last_of_month(first)
    return first, last, _without(text, match)


def _named_day(text: str, here: Here) -> _Days | None:
    plain = _same_length(text)
    for name, ago in sorted(_DAYS_AGO.items(), key=lambda one: -len(one[0])):
        match = re.search(rf"(?<!\w){name}(?!\w)", plain)
        if match is not None:
            day = here.today - timedelta(days=ago)
            return day, day, _without(text, match)
    for name, weekday in _WEEKDAYS.items():
        match = re.search(rf"(?<!\w){name}(?!\w)", plain)
        if match is not None:
            day = here.today - timedelta(days=(here.today.weekday() - weekday) % 7)
            return day, day, _without(text, match)
    return None


def _dated(day: int, month: int, year: str | None, here: Here) -> date | None:
    """Without a year the last such day; one that is ahead by little is this year's all the same."""
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    found = _date(here.today.year, month, day)
    if found is None or found - here.today > timedelta(days=365) - _NEARLY_A_YEAR:
        return _date(here.today.year - 1, month, day)
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last_of_month(first: date) -> date:
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


# --- hours, amounts, names -----------------------------------------------------------------------


def _take_hour(query: Query, text: str, here: Here) -> tuple[Query, str]:
    """Around an hour of the day that is named; else of today, or of yesterday if it is ahead."""
    match = _HOUR.search(text)
    if match is None:
        return query, text
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        return query, text
    day = here.today if query.since is None else query.since.astimezone(here.zone).date()
    at = datetime.combine(day, time_of_day(hour, minute), here.zone).astimezone(UTC)
    if query.since is None and at - _AROUND > here.now:
        at = datetime.combine(
            day - timedelta(days=1), time_of_day(hour, minute), here.zone
        ).astimezone(UTC)
    end = timedelta(hours=1) if match[2] is None else _AROUND
    return replace(query, since=at - _AROUND, until=at + end), _without(text, match)


def _take_amount(query: Query, text: str, here: Here) -> tuple[Query, str]:
    for match in _AMOUNT.finditer(text):
        amount = parse_amount(match[0], here.currency)
        if isinstance(amount, Money):
            return replace(query, amount=amount), _without(text, match)
    return query, text


def _with_words(query: Query, text: str, here: Here) -> Query:
    """What is left: a bare number, the end of a code, a name; one that may be either is first
    taken for what it is more often."""
    otherwise: Query | None = None
    names: list[str] = []
    for word in text.replace("…", " ").split():
        end = _label_end(word)
        amount = parse_amount(word, here.currency) if _PLAIN_NUMBER.fullmatch(word) else None
        if isinstance(amount, Money) and query.amount is None:
            if end and not query.label_end:
                otherwise = replace(query, label_end=end)
            query = replace(query, amount=amount)
        elif end and _has_figure(word) and not query.label_end:
            query = replace(query, label_end=end)
        else:
            if end and not names and not query.label_end:
                otherwise = replace(query, label_end=end)
            names.append(word)
    cashier = folded(" ".join(names))
    is_alone = len(text.split()) == 1
    return replace(query, cashier=cashier, otherwise=otherwise if is_alone else None)


def _label_end(word: str) -> str:
    """The last characters of a code, as people read them out; empty: no code ends so."""
    compact = codes.SEPARATORS.sub("", word)
    if not compact.isascii() or not 2 <= len(compact) <= codes.CODE_LENGTH:
        return ""
    plain = compact.upper().translate(codes.READ_AS)
    if any(one not in codes.ALPHABET for one in plain):
        return ""
    if len(plain) > LABEL_LENGTH and not _has_figure(compact):
        return ""
    return plain[-LABEL_LENGTH:]


def _has_figure(text: str) -> bool:
    return any(one in "0123456789" for one in text)


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _same_length(text: str) -> str:
    """Folded, with every character in its place: what is found in it is cut out of the text."""
    return "".join(folded(one)[:1] or " " for one in text.replace("’", "'"))
