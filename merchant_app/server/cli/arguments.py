"""What can be typed after merchant-central. Pure argparse: loads nothing else."""

from __future__ import annotations

import argparse
from pathlib import Path

from merchant_app import __version__


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="merchant-central", description="Comptoir's central service: vouchers, tills, debits."
    )
    top.add_argument("--version", action="version", version=__version__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help_text: str, *, prints: bool = True) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=help_text, description=help_text)
        one.add_argument(
            "--database",
            metavar="URL",
            help="sqlite:///file.db or postgresql://…; default: a file in your data folder",
        )
        if prints:
            one.add_argument("--json", action="store_true", help="print JSON, for programs")
        return one

    _serve(command("serve", "answer tills", prints=False))
    command("sample", "fill an empty database with seven bookshops")
    command("practice", "list the sample's vouchers to practise with; they can be spent")
    command("rehearse", "issue the sample's vouchers for the six exercises of training mode")
    _spend(command("spend", "use one of the sample's vouchers up at the shop's other till"))
    command("shops", "list the shops")
    command("ranking", "shops by the value of the vouchers sold")
    command("tills", "list the tills")
    command("vouchers", "list a shop's vouchers, without their codes").add_argument(
        "--shop", required=True, metavar="SLUG"
    )
    _issue(command("issue", "issue vouchers"))
    again = command("print", "print a voucher again")
    again.add_argument("--voucher", required=True, metavar="ID")
    _pdf(again, required=True)
    _import(command("import", "issue vouchers for a list of beneficiaries (CSV, XLSX)"))
    _enrol(command("enrol", "a one-time code for a till, valid ten minutes"))
    revoke = command("revoke", "refuse a till or a voucher from now on")
    what = revoke.add_mutually_exclusive_group(required=True)
    what.add_argument("--till", metavar="ID")
    what.add_argument("--voucher", metavar="ID")
    revoke.add_argument(
        "--withdraw", action="store_true", help="the voucher was issued by mistake: forget it"
    )
    audit = command("audit", "compare every balance with the entries it follows from")
    audit.add_argument("--voucher", metavar="ID", help="print what happened to this one")
    command("restored", "after this database came back from a backup: ask tills to send again")
    waits = command("recovery", "after “restored”: which tills have not sent again what they know")
    waits.add_argument("--close", action="store_true", help="go on without the missing tills")
    waits.add_argument("--shop", metavar="SLUG", help="close it for this shop alone")
    _policy(command("policy", "what tills may accept while they cannot ask; show or change it"))
    fee = command("fee", "what the platform keeps of what is redeemed; show or change it")
    fee.add_argument("--rate", metavar="PERCENT", help="2,5; for what is redeemed from now on")
    _payout(command("payout", "record what was sent to a shop's bank; without an amount, list it"))
    owed = command("statement", "a shop's weeks and months: sold, redeemed, fees, payouts")
    owed.add_argument("--shop", required=True, metavar="SLUG")
    owed.add_argument("--from", dest="first_day", required=True, metavar="DATE")
    owed.add_argument("--to", dest="last_day", required=True, metavar="DATE")
    commands.add_parser("openapi", help="print the OpenAPI description of the contract")
    return top


def _serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    serve.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM")
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key, PEM")
    serve.add_argument(
        "--training",
        action="store_true",
        help="fill the database with the sample, and put an enrolment code into the ready file",
    )
    serve.add_argument(
        "--ready-file", type=Path, metavar="FILE", help="written (JSON) when calls are answered"
    )
    serve.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="stop when the program that started this one ends",
    )


def _enrol(enrol: argparse.ArgumentParser) -> None:
    enrol.add_argument("--shop", required=True, metavar="SLUG")
    enrol.add_argument("--till", metavar="NAME", help="a till of this name is enrolled again")
    enrol.add_argument(
        "--address", metavar="URL", help="where tills reach this service: part of the QR code"
    )


def _spend(spend: argparse.ArgumentParser) -> None:
    spend.add_argument("--voucher", required=True, metavar="ID")


def _policy(policy: argparse.ArgumentParser) -> None:
    policy.add_argument(
        "--offline-redemption-max", metavar="AMOUNT", help="one redemption; 0 switches it off"
    )
    policy.add_argument(
        "--offline-voucher-max",
        metavar="AMOUNT|balance",
        help="one voucher at one till; “balance”: what it holds, divided by the shop's tills",
    )
    policy.add_argument("--offline-till-max", metavar="AMOUNT", help="all of one till together")
    policy.add_argument("--offline-count-max", metavar="N", type=int, help="redemptions of a till")
    policy.add_argument(
        "--offline-snapshot-warn", metavar="SECONDS", type=int, help="age to be warned of"
    )
    policy.add_argument(
        "--offline-snapshot-max", metavar="SECONDS", type=int, help="age to stop at"
    )
    policy.add_argument(
        "--offline-unknown-max", metavar="AMOUNT", help="a signed voucher the till does not know"
    )


def _payout(payout: argparse.ArgumentParser) -> None:
    payout.add_argument("--shop", required=True, metavar="SLUG")
    payout.add_argument("--amount", help="in the shop's currency: 1250,00")
    payout.add_argument("--date", metavar="DATE", help="when it was sent, 2026-11-23")
    payout.add_argument("--reference", metavar="TEXT", help="what the bank shows; once for a shop")
    payout.add_argument(
        "--back", action="store_true", help="it came back, or undoes one that was typed wrong"
    )


def _issue(issue: argparse.ArgumentParser) -> None:
    issue.add_argument("--shop", required=True, metavar="SLUG")
    issue.add_argument("--amount", required=True, help="in the shop's currency: 50, 12,50")
    issue.add_argument("--count", type=int, default=1)
    issue.add_argument("--expires", metavar="DATE", help="last day of validity, 2027-12-31")
    issue.add_argument("--valid-from", metavar="DATE", help="first day of validity")
    issue.add_argument("--minimum-purchase", metavar="AMOUNT")
    issue.add_argument("--whole-only", action="store_true", help="to be used in one go")
    issue.add_argument("--single-purpose", action="store_true", help="VAT was due when sold")
    issue.add_argument("--holder", default="", metavar="NAME", help="“Claire D.”")
    _pdf(issue, required=False)


def _pdf(one: argparse.ArgumentParser, *, required: bool) -> None:
    one.add_argument(
        "--pdf", type=Path, required=required, metavar="FILE", help="a page for each voucher"
    )
    one.add_argument("--format", choices=("a4", "a5"), default="a4")


def _import(one: argparse.ArgumentParser) -> None:
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument(
        "--shop",
        default="column",
        metavar="SLUG|column",
        help="the shop of all rows; “column” (default): each row names its shop",
    )
