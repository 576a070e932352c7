"""The journal as files for other programs: CSV, XLSX, JSON, and the tax office's FEC.

One row model (`rows`), and a writer for each format. `exporting.export` is the way in.
"""
