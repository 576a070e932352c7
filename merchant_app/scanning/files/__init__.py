"""Vouchers that come as files: pictures, PDF, mails. Read in a process of its own, under limits.

Nothing in here trusts a file: not its name, not its sizes, not the libraries that decode it.
"""

CHILD_SWITCH = "--read-one-file"
"""The packaged program, started with this alone, is the process that reads one file."""
