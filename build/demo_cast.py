"""The vouchers of the demo's story, as they are held before the camera."""

from __future__ import annotations

from dataclasses import dataclass

from merchant_app.bootstrap.training import SHOP, TrainingService
from merchant_app.scanning.sample_video import SampleCard
from merchant_app.vouchers.code import DATA_BITS, ShortCode, encode, grouped

NOBODYS_CODE = encode((1 << DATA_BITS) // 7)
"""Its check characters fit; no service derives it but by a chance of one in 2 to the 80."""


@dataclass(frozen=True, slots=True)
class Role:
    """One card of the film. `voucher_id` and `label` are empty where it is no voucher of ours."""

    name: str
    payload: str
    amount: str
    note: str
    voucher_id: str = ""
    label: str = ""
    face_minor: int = 0
    shop: str = "Librairie Cassiopée"
    code: str = ""

    def card(self) -> SampleCard:
        """As it is filmed."""
        return SampleCard(
            payload=self.payload,
            title="Bon d’achat",
            amount=self.amount,
            shop=self.shop,
            code=self.code,
            note=self.note,
        )


@dataclass(frozen=True, slots=True)
class Cast:
    """The roles, in the order in which they appear; the film begins again after the last."""

    whole: Role
    part: Role
    nobodys: Role
    expired: Role
    elsewhere: Role
    changed: Role
    advert: Role

    def roles(self) -> list[Role]:
        """`whole` comes twice: the second time it is used up."""
        return [
            self.whole,
            self.part,
            self.whole,
            self.nobodys,
            self.expired,
            self.elsewhere,
            self.changed,
            self.advert,
        ]

    def cards(self) -> list[SampleCard]:
        """What is filmed."""
        return [role.card() for role in self.roles()]


def cast_of(service: TrainingService) -> Cast:
    """Issue what the story needs."""
    whole = issued(service, "whole", amount=50)
    other = next(voucher for voucher in service.practice() if voucher.kind == "other_shop")
    return Cast(
        whole=whole,
        part=issued(service, "part", amount=100),
        nobodys=Role("nobodys", NOBODYS_CODE, "50,00 €", "", code=grouped(NOBODYS_CODE)),
        expired=issued(service, "expired", amount=20, expires="2026-01-31"),
        elsewhere=Role("elsewhere", other.token, "50,00 €", "", shop=other.shop),
        changed=Role("changed", _one_bit_off(whole.payload), "50,00 €", ""),
        advert=Role("advert", "https://example.org/carte", "", "", shop="Café des Halles"),
    )


def issued(service: TrainingService, name: str, *, amount: int, expires: str = "") -> Role:
    """A new voucher of the sample shop."""
    arguments = ["--shop", SHOP, "--amount", str(amount), "--holder", "Claire D."]
    if expires:
        arguments += ["--expires", expires]
    (voucher,) = service.ask("issue", *arguments)
    code = ShortCode(voucher["code"])
    return Role(
        name,
        voucher["token"],
        f"{amount},00 €",
        f"valable jusqu’au {expires}" if expires else "",
        voucher_id=voucher["voucher_id"],
        label=f"…{code[-4:]}",
        face_minor=voucher["face_minor"],
        code=grouped(code),
    )


def _one_bit_off(token: str) -> str:
    """The token with one bit of its face value flipped: 50 EUR that say they are another sum."""
    at = 40
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    flipped = alphabet[alphabet.index(token[at]) ^ 1]
    return token[:at] + flipped + token[at + 1 :]
