"""Look a voucher up: what was scanned, and what may be done with it.

The till's own copy answers first, in milliseconds; the central service corrects it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
from merchant_app.ids import VoucherId
from merchant_app.money import Money
from merchant_app.till.results import (
    Asked,
    Judged,
    LookUp,
    NoAnswerYet,
    NotAVoucher,
    NotEntitled,
    TypingPaused,
    UnderQuestion,
)
from merchant_app.till.settle import question_about
from merchant_app.till.till import Till
from merchant_app.till.typed_codes import TypedCodes
from merchant_app.vouchers import verdicts
from merchant_app.vouchers.code import ShortCode
from merchant_app.vouchers.scan import CodeText, Foreign, TokenText, classify
from merchant_app.vouchers.terms import Terms, Voucher, VoucherStatus
from merchant_app.vouchers.token import Keys, NotAToken, Token, verify
from merchant_app.vouchers.verdicts import (
    OtherCurrency,
    OtherShop,
    Unknown,
    UnknownKey,
    Use,
    Verdict,
    WrongSignature,
)


def look_up(till: Till, asked: Asked, *, purchase: Money | None) -> LookUp:
    """See `counter.Counter.look_up`."""
    return _look_up(till, asked, purchase=purchase, ask=False)


def look_up_typed(till: Till, typed: TypedCodes, text: str, *, purchase: Money | None) -> LookUp:
    """See `counter.Counter.look_up_typed`."""
    scan = classify(text)
    if not isinstance(scan, CodeText):
        return look_up(till, text, purchase=purchase)
    wait_s = typed.wait_s()
    if wait_s:
        return TypingPaused(wait_s)
    found = look_up(till, text, purchase=purchase)
    match found:
        # Offline the till's own copy is all there is to try codes against.
        case Judged(verdict=Unknown()) | NoAnswerYet():
            typed.missed(till.code_mac(scan.code))
        case Judged() | UnderQuestion():
            typed.found()
        case _:
            pass
    return found


def confirm(till: Till, asked: Asked, *, purchase: Money | None) -> LookUp:
    """See `counter.Counter.confirm`."""
    return _look_up(till, asked, purchase=purchase, ask=True)


def _look_up(till: Till, asked: Asked, *, purchase: Money | None, ask: bool) -> LookUp:
    """`ask`: the service is asked even where the copy knows the voucher."""
    if not isinstance(asked, str):
        return _look_up_id(till, asked, purchase=purchase, ask=ask)
    scan = classify(asked)
    match scan:
        case Foreign():
            return NotAVoucher(scan)
        case CodeText(code):
            return _look_up_code(till, code, asked, purchase=purchase, ask=ask)
        case TokenText(token_text):
            return _look_up_token(till, token_text, purchase=purchase, ask=ask)


def _look_up_id(till: Till, voucher_id: VoucherId, *, purchase: Money | None, ask: bool) -> LookUp:
    """A voucher of the till's own list that was chosen there: her whole name may be read now."""
    known = till.copy.by_id(voucher_id)
    holder = till.copy.holder(voucher_id)

    def named(voucher: Voucher) -> Voucher:
        return (
            voucher if holder is None or not holder.name else replace(voucher, holder=holder.name)
        )

    if known is not None and not ask:
        return _from_copy(till, named(known), voucher_id, purchase=purchase)
    answer = _timed(till, lambda: till.central.look_up_voucher(voucher_id))
    if isinstance(answer, Found):
        answer = replace(answer, voucher=named(answer.voucher))
    return _judged(till, answer, voucher_id, purchase=purchase)


def proves(keys: Keys, text: str) -> bool:
    """Whether one of these keys signed this token, or this code's check characters fit."""
    scan = classify(text)
    if isinstance(scan, TokenText):
        return isinstance(verify(scan.text, keys), Token)
    return isinstance(scan, CodeText)


def _look_up_code(
    till: Till, code: ShortCode, text: str, *, purchase: Money | None, ask: bool
) -> LookUp:
    voucher = None if ask else till.copy.by_code_mac(till.code_mac(code))
    if voucher is not None:
        return _from_copy(till, voucher, text, purchase=purchase)
    answer = _timed(till, lambda: till.central.look_up_code(code))
    return _judged(till, answer, text, purchase=purchase)


def _look_up_token(till: Till, text: str, *, purchase: Money | None, ask: bool) -> LookUp:
    token = verify(text, till.keys.keys())
    if isinstance(token, UnknownKey) and _fetch_keys(till):
        token = verify(text, till.keys.keys())
    match token:
        case NotAToken():
            return NotAVoucher(Foreign.DAMAGED_TOKEN)
        case UnknownKey() | WrongSignature():
            return Judged(token, "")
        case Token():
            voucher = None if ask else till.copy.by_id(token.voucher_id)
            if voucher is not None:
                return _from_copy(till, voucher, text, purchase=purchase)
            answer = _timed(till, lambda: till.central.look_up_token(text))
            if isinstance(answer, NoAnswer):
                return _by_signature_alone(till, token, answer, text, purchase=purchase)
            return _judged(till, answer, text, purchase=purchase)


def _by_signature_alone(
    till: Till, token: Token, answer: NoAnswer, text: str, *, purchase: Money | None
) -> LookUp:
    """Nobody answers, and the copy does not know it: all that is known is what was signed."""
    if token.shop_number != till.shop.number:
        return Judged(OtherShop(""), "")  # the signature says so; no line needed
    if till.policies.limits().unknown_max_minor <= 0 or till.copy.fetched_at is None:
        return NoAnswerYet(answer.kind)
    voucher = Voucher(
        voucher_id=token.voucher_id,
        shop_number=token.shop_number,
        face=token.face,
        balance=token.face,
        terms=Terms(expires_on=token.expires_on),
        status=VoucherStatus.ACTIVE,
        label="",
        holder="",
    )
    return _from_copy(till, voucher, text, purchase=purchase)


def _timed(till: Till, ask: Callable[[], LookupOutcome]) -> LookupOutcome:
    began_s = till.clock.monotonic_s()
    answer = ask()
    till.connectivity.report(answer, took_s=till.clock.monotonic_s() - began_s)
    return answer


def _fetch_keys(till: Till) -> bool:
    """A voucher may be signed with a key that is newer than our last contact."""
    answer = till.central.till_facts()
    till.connectivity.report(answer)
    if isinstance(answer, TillFacts):
        till.take_facts(answer)
        return True
    return False


def _from_copy(till: Till, voucher: Voucher, asked: Asked, *, purchase: Money | None) -> LookUp:
    """What the till's own copy says, less what it has accepted and nobody has booked yet."""
    voucher_id = voucher.voucher_id
    pending = till.journal.run(
        lambda journal: journal.standing.exposure().by_voucher.get(voucher_id, 0)
    )
    balance = till.offline.balances([voucher_id]).get(voucher_id, voucher.balance.minor)
    left = Money(max(0, balance - pending), voucher.balance.currency)
    voucher = replace(voucher, balance=left)
    found = _at_hand(till, voucher, (), asked, purchase=purchase)
    if not isinstance(found, Judged):
        return found
    return replace(found, local_from=till.copy.fetched_at)


def _judged(till: Till, answer: LookupOutcome, asked: Asked, *, purchase: Money | None) -> LookUp:
    match answer:
        case Found(voucher=voucher, history=history):
            return _at_hand(till, voucher, history, asked, purchase=purchase)
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


def _at_hand(
    till: Till, voucher: Voucher, history: tuple[Use, ...], asked: Asked, *, purchase: Money | None
) -> Judged | UnderQuestion:
    till.recent.remember(voucher.voucher_id, asked)
    question = question_about(till, voucher.voucher_id)
    if question is not None:
        return UnderQuestion(question)
    if voucher.balance.currency != till.facts.currency:
        # No amount of this shop can be held against it, and no limit of this till counts it.
        return Judged(OtherCurrency(voucher, till.facts.currency), voucher.label)
    verdict: Verdict = verdicts.judge(
        voucher,
        shop_number=till.shop.number,
        shop_name_of_voucher="",
        today=till.today(),
        purchase=purchase,
        history=history,
    )
    return Judged(verdict, voucher.label)
