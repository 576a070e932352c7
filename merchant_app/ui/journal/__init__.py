"""Journal: what was recorded, found again; and written out for other programs."""
