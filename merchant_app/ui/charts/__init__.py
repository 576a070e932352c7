"""Charts painted by ourselves: bars that are read at a glance, their numbers one key away.

A screen makes a `series.Chart` and gives it to a `panel.ChartPanel`; colours come from the theme,
and what a bar means never hangs on its hue: patterns, outlines and words say it too.
"""
