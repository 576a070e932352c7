"""The ledger protocol: entries and hashes, and what till and service make of them.

Pure and sans-I/O: the program and the central service run this same code, and so will the
simulator. Nothing here reads a clock, a disk or a network.
"""
