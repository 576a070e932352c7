"""This till: who stands where, what waits to be sent, and leaving."""
