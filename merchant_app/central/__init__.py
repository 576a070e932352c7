"""The central service as the till sees it: a port with closed outcomes, and its adapters."""
