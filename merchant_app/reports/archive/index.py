"""The first page of an archive: what it is, how to check it, and what was sold in which month.

In French and in English, whatever the till speaks: who opens it in ten years is not known. The
sentences are in resources/archive.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from merchant_app.journal.closings import ClosingKind
from merchant_app.money import CURRENCIES
from merchant_app.reports.archive.manifest import Manifest
from merchant_app.reports.closing import KeptClosing
from merchant_app.resources import resource_path

LANGUAGES = ("fr", "en")
_FIGURES = "{figures}"
_NARROW_NO_BREAK = "\u202f"


@dataclass(frozen=True, slots=True)
class _Words:
    columns: tuple[str, str, str, str, str, str]
    total: str
    none: str
    some: str
    training: str
    thousands: str
    point: str


_WORDS = {
    "fr": _Words(
        ("Mois", "Débits", "Débité", "Annulé", "Perte", "Clôtures"),
        "Année {year}",
        "aucune clôture",
        "les clôtures {first} à {last}",
        "MODE ÉCOLE : aucune de ces ventes n’est réelle. ",
        _NARROW_NO_BREAK,
        ",",
    ),
    "en": _Words(
        ("Month", "Debits", "Redeemed", "Reversed", "Loss", "Closings"),
        "Year {year}",
        "no closing",
        "the closings {first} to {last}",
        "TRAINING MODE: none of these sales is real. ",
        ",",
        ".",
    ),
}


@dataclass(slots=True)
class _Sum:
    """What the closings of days of one month, or of a year, add up to."""

    count: int = 0
    redeemed_minor: int = 0
    reversed_minor: int = 0
    shortfall_minor: int = 0
    closings: int = 0

    def add(self, kept: KeptClosing) -> None:
        figures = kept.closing.figures
        self.count += figures.redeemed_count
        self.redeemed_minor += figures.redeemed_minor
        self.reversed_minor += figures.reversed_minor
        self.shortfall_minor += figures.shortfall_minor
        self.closings += 1


def as_text(manifest: Manifest, closings: Sequence[KeptClosing], *, papers: int) -> str:
    """The page for any editor, French first."""
    pages = (_text_page(lines) for _, lines in _pages(manifest, closings, papers=papers))
    return ("\n" + "=" * 72 + "\n\n").join(pages)


def as_html(manifest: Manifest, closings: Sequence[KeptClosing], *, papers: int) -> str:
    """The page for any browser; it loads nothing from anywhere."""
    pages = _pages(manifest, closings, papers=papers)
    bodies = "\n<hr>\n".join(
        f'<main lang="{language}">\n{_html_page(lines)}\n</main>' for language, lines in pages
    )
    title = html.escape(f"Comptoir: {manifest.till}, {manifest.shop}")
    return (
        '<!DOCTYPE html>\n<html lang="fr">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n{bodies}\n</body>\n"
        "</html>\n"
    )


_STYLE = """\
body { font: 16px/1.5 sans-serif; max-width: 52em; margin: 2em auto; padding: 0 1em; }
li, p { overflow-wrap: anywhere; }
table { border-collapse: collapse; }
td, th { padding: .2em .8em; text-align: right; border-bottom: 1px solid #bbb; }
td:first-child, th:first-child { text-align: left; }
tr.year { font-weight: bold; }
"""

_Table = list[tuple[str, ...]]
_Line = str | _Table


def _pages(
    manifest: Manifest, closings: Sequence[KeptClosing], *, papers: int
) -> Iterator[tuple[str, list[_Line]]]:
    """Each language, and its page line by line; the figures as one table."""
    for language in LANGUAGES:
        words = _WORDS[language]
        facts = _facts(manifest, closings, words, papers=papers)
        template = resource_path("archive", f"{language}.txt").read_text(encoding="utf-8")
        lines: list[_Line] = []
        for line in template.splitlines():
            if line == _FIGURES:
                lines.append(_table(manifest.currency, closings, words))
            else:
                lines.append(line.format(**facts))
        yield language, lines


def _facts(
    manifest: Manifest, closings: Sequence[KeptClosing], words: _Words, *, papers: int
) -> Mapping[str, object]:
    covered = manifest.closings
    perpetual_minor = closings[-1].closing.perpetual.redeemed_minor if closings else 0
    return {
        "till": _one_line(manifest.till),
        "shop": _one_line(manifest.shop),
        "mark": words.training if manifest.training else "",
        "made_at": f"{manifest.made_at:%Y-%m-%d %H:%M}",
        "program": manifest.program,
        "entries": manifest.entries,
        "closings": words.none
        if covered is None
        else words.some.format(first=covered[0], last=covered[1]),
        "papers": papers,
        "till_key": manifest.till_key,
        "currency": manifest.currency,
        "perpetual": _amount(perpetual_minor, manifest.currency, words),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(currency: str, closings: Sequence[KeptClosing], words: _Words) -> _Table:
    """A row for each month, and one for each year after its months."""
    sums: dict[int, dict[int, _Sum]] = {}
    for kept in closings:
        if kept.closing.kind is ClosingKind.DAY:
            day = kept.closing.business_date
            sums.setdefault(day.year, {}).setdefault(day.month, _Sum()).add(kept)
    rows: _Table = [words.columns]
    for year in sorted(sums):
        months = sums[year]
        rows += [
            _row(f"{year}-{month:02}", months[month], currency, words) for month in sorted(months)
        ]
        whole = _Sum(
            *(
                sum(getattr(one, name) for one in months.values())
                for name in _Sum.__dataclass_fields__
            )
        )
        rows.append(_row(words.total.format(year=year), whole, currency, words))
    return rows


def _row(label: str, total: _Sum, currency: str, words: _Words) -> tuple[str, ...]:
    amounts = (total.redeemed_minor, total.reversed_minor, total.shortfall_minor)
    said = (_amount(minor, currency, words) for minor in amounts)
    return (label, str(total.count), *said, str(total.closings))


def _amount(minor: int, currency: str, words: _Words) -> str:
    """Not by Babel: an archive does not depend on the language that the till speaks."""
    places = CURRENCIES[currency].decimals
    whole, rest = divmod(abs(minor), 10**places)
    digits = f"{whole:,}".replace(",", words.thousands)
    text = f"{digits}{words.point}{rest:0{places}d}" if places else digits
    return f"-{text}" if minor < 0 else text


def _text_page(lines: Sequence[_Line]) -> str:
    said: list[str] = []
    for line in lines:
        if not isinstance(line, str):
            said += _columns(line)
        elif line.startswith("#"):
            title = line.lstrip("# ")
            said += [title, ("=" if line.startswith("# ") else "-") * len(title)]
        else:
            said.append(line)
    return "\n".join(said) + "\n"


def _columns(table: _Table) -> Iterator[str]:
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    for row in table:
        first = row[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join((first, *rest))


def _html_page(lines: Sequence[_Line]) -> str:
    said: list[str] = []
    in_list = False
    for line in lines:
        is_item = isinstance(line, str) and line.startswith("- ")
        if is_item is not in_list:
            said.append("<ul>" if is_item else "</ul>")
            in_list = is_item
        if not isinstance(line, str):
            said.append(_html_table(line))
        elif line:
            said.append(_html_line(line))
    return "\n".join([*said, *(["</ul>"] if in_list else [])])


def _html_line(line: str) -> str:
    for mark, tag in (("## ", "h2"), ("# ", "h1"), ("- ", "li")):
        if line.startswith(mark):
            return f"<{tag}>{html.escape(line.removeprefix(mark))}</{tag}>"
    return f"<p>{html.escape(line)}</p>"


def _html_table(table: _Table) -> str:
    rows = []
    for number, row in enumerate(table):
        cell = "td" if number else "th"
        cells = "".join(f"<{cell}>{html.escape(text)}</{cell}>" for text in row)
        is_month = number > 0 and row[0][:4].isdigit()
        rows.append(
            f"<tr>{cells}</tr>" if is_month or not number else f'<tr class="year">{cells}</tr>'
        )
    return "<table>\n" + "\n".join(rows) + "\n</table>"
