"""The till's own truth on disk: one SQLite file per till, append-only. The only user of sqlite3."""
