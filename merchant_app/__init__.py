"""Comptoir: redeem gift vouchers at a shop counter, online or not, without losing a cent."""

__version__ = "0.1.0"
