"""Clôture: the day's figures, what is in the way of closing it, and the closings of before."""
