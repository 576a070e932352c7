"""Relevés: the service's statements against the journal and the bank, and what is outstanding."""
