"""Look a voucher up: what was scanned, and what may be done with it."""

from __future__ import annotations

from merchant_app.central.port import (
    Found,
    LookupOutcome,
    NoAnswer,
    NoAnswerKind,
    NoSuchVoucher,
    NotAuthorised,
    OfOtherShop,
    Rejected,
    TillFacts,
)
from merchant_app.money import Money
from merchant_app.till.results import (
    Judged,
    LookUp,
    NoAnswerYet,
    NotAVoucher,
    NotEntitled,
    UnderQuestion,
)
from merchant_app.till.settle import question_about
from merchant_app.till.till import Till
from merchant_app.vouchers import verdicts
from merchant_app.vouchers.scan import CodeText, Foreign, TokenText, classify
from merchant_app.vouchers.verdicts import OtherShop, Unknown, UnknownKey, WrongSignature


def look_up(till: Till, text: str, *, purchase: Money | None) -> LookUp:
    """See `counter.Counter.look_up`."""
    scan = classify(text)
    match scan:
        case Foreign():
            return NotAVoucher(scan)
        case CodeText(code):
            return _judged(till, till.central.look_up_code(code), text, purchase=purchase)
        case TokenText(token_text):
            return _look_up_token(till, token_text, purchase=purchase)


def _look_up_token(till: Till, text: str, *, purchase: Money | None) -> LookUp:
    # Late: loading it loads the cryptography library.
    from merchant_app.vouchers.token import NotAToken, Token, verify

    token = verify(text, till.keys.keys())
    if isinstance(token, UnknownKey) and _fetch_keys(till):
        token = verify(text, till.keys.keys())
    match token:
        case NotAToken():
            return NotAVoucher(Foreign.DAMAGED_TOKEN)
        case UnknownKey() | WrongSignature():
            return Judged(token, "")
        case Token():
            answer = till.central.look_up_token(text)
            if isinstance(answer, NoAnswer) and token.shop_number != till.shop.number:
                till.connectivity.report(answer)
                return Judged(OtherShop(""), "")  # the signature says so; no line needed
            return _judged(till, answer, text, purchase=purchase)


def _fetch_keys(till: Till) -> bool:
    """A voucher may be signed with a key that is newer than our last contact."""
    answer = till.central.till_facts()
    till.connectivity.report(answer)
    if isinstance(answer, TillFacts):
        till.keys.replace(answer.keys)
        return True
    return False


def _judged(till: Till, answer: LookupOutcome, text: str, *, purchase: Money | None) -> LookUp:
    till.connectivity.report(answer)
    match answer:
        case Found(voucher=voucher, history=history):
            till.recent.remember(voucher.voucher_id, text)
            question = question_about(till, voucher.voucher_id)
            if question is not None:
                return UnderQuestion(question)
            verdict = verdicts.judge(
                voucher,
                shop_number=till.shop.number,
                shop_name_of_voucher="",
                today=till.today(),
                purchase=purchase,
                history=history,
            )
            return Judged(verdict, voucher.label)
        case OfOtherShop(shop_name=name, shop_city=city):
            return Judged(OtherShop(f"{name}, {city}"), "")
        case NoSuchVoucher():
            return Judged(Unknown(), "")
        case NotAuthorised(kind=kind):
            return NotEntitled(kind)
        case NoAnswer(kind=why):
            return NoAnswerYet(why)
        case Rejected():
            # Our own request was malformed: logged by the adapter; the cashier types it again.
            return NoAnswerYet(NoAnswerKind.NOT_UNDERSTOOD)
