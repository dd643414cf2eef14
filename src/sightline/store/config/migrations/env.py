"""Alembic runs this for every migration: on the connection that `database` hands over, inside its transaction."""

from alembic import context

from sightline.store.config.tables import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
context.run_migrations()
