"""Alembic's entrance: runs the migrations on the connection that `database.Database.migrate` gives."""

from alembic import context

from impasto.studio.models import Base

connection = context.config.attributes["connection"]
# SQLite cannot alter a table in place; a batch makes a new one and moves the rows.
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
