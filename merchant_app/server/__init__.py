"""The central service: the truth about balances. FastAPI and SQLAlchemy on SQLite or PostgreSQL.

The rules of money are not here: `ledger.service` and `vouchers.verdicts` decide, this package
stores, locks and answers. Its parts, from the bottom:

    schema, database, migrations      the tables, how they are reached, how they came to be
    keys, catalogue, enrolling        secrets and codes; vouchers; tills and who may speak for one
    storing, evaluating, feed         a till's journal: kept first, evaluated second, told back
    looking_up, snapshot              what a till may know about vouchers
    api, bodies, openapi, serving     HTTP
    sample, importing, voucher_pdf    filling it, and what a customer holds in hand
    cli                               merchant-central
"""
