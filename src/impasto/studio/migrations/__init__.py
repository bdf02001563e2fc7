"""The history of the tables, for Alembic: `env` runs it, `versions/` holds a file for each change."""
