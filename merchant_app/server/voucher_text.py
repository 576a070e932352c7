"""What is printed on a voucher, in French, with the spaces that French typography asks for.

Narrow no-break spaces before € and the double punctuation, a curly apostrophe: the embedded font
has them (Lexique des règles typographiques en usage à l'Imprimerie nationale).
"""

from __future__ import annotations

import re
from datetime import date

from merchant_app.money import CURRENCIES, Money
from merchant_app.vouchers.terms import Terms

NARROW = "\u202f"
NO_BREAK = "\u00a0"
TITLE = "Bon d’achat"
_MONTHS = re.findall(
    r"\w+", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
)
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


def apostrophes(name: str) -> str:
    """A name as a printer sets it: "Val d’Oingt"."""
    return name.replace("'", "’")


def amount(money: Money) -> str:
    """ "50 €", "1 250 €", "12,50 €"."""
    places = CURRENCIES[money.currency].decimals
    whole, part = divmod(money.minor, 10**places)
    text = f"{whole:,}".replace(",", NARROW)
    if part:
        text += f",{part:0{places}d}"
    return f"{text}{NARROW}{_SYMBOLS.get(money.currency, money.currency)}"


def day(moment: date) -> str:
    """ "31 décembre 2027", "1er janvier 2028"; a date is not broken over two lines."""
    number = "1er" if moment.day == 1 else str(moment.day)
    return NO_BREAK.join((number, _MONTHS[moment.month - 1], str(moment.year)))


def validity(terms: Terms) -> str:
    """The line that a customer looks for."""
    if terms.expires_on is None:
        until = "Sans date d’expiration"
    else:
        until = f"Valable jusqu’au {day(terms.expires_on)}"
    if terms.valid_from is None:
        return until
    if terms.expires_on is None:
        return f"Valable à partir du {day(terms.valid_from)}"
    return f"Valable du {day(terms.valid_from)} au {day(terms.expires_on)}"


def conditions(terms: Terms, *, shop_title: str) -> list[str]:
    """The terms as sentences: what the voucher's data say, and nothing else."""
    sentences = [f"À utiliser chez {shop_title}, sur présentation de ce code."]
    if terms.partial_allowed:
        sentences.append(f"En une ou plusieurs fois{NARROW}; ce qui reste demeure sur le bon.")
    else:
        sentences.append("En une seule fois, pour sa valeur entière.")
    if terms.minimum_purchase is not None:
        sentences.append(f"Pour un achat d’au moins {amount(terms.minimum_purchase)}.")
    sentences.append(f"Ce bon vaut de l’argent{NARROW}: gardez-le comme un billet de banque.")
    return sentences


STEPS = (
    ("Choisissez", "dans la boutique, ce qui vous fait plaisir."),
    ("Présentez", "ce bon à la caisse, sur papier ou sur votre téléphone."),
    ("C’est réglé", "la caisse lit le code et déduit votre achat du bon."),
)
NO_CAMERA = (
    f"Le carré ne se lit pas{NARROW}? Dictez ou tapez les dix-huit caractères du code."
    " Il n’y a ni I, ni L, ni O, ni U."
)
FOLD = "Pliez ici"
HOLDER = "Bénéficiaire"
CODE = "Code"
