"""What a voucher is: its code and signed token, its terms, and what may be said about it. Pure."""
