"""Alembic's entry: it is given an open connection by `database.migrate`, and asks for nothing."""

from __future__ import annotations

from alembic import context

from merchant_app.server.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can roll back its DDL; Alembic assumes that it cannot. A step is done or not done.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
