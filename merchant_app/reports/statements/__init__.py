"""The shop's statements: against the till's journal, against the bank, and what is outstanding."""
