"""Vouchers that come as files: dropped on the window, pasted, or opened."""
