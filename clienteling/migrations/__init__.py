"""Alembic revisions, one folder per database. `clienteling.db.migrate` runs them."""
