"""Alembic's entry: runs the migrations on the connection that ``store.database`` hands over."""

from alembic import context

from analytics.store import (
    models,
    note_models,
    presenting_models,
    programme_models,
    register_models,
    room_models,
    scorecard_models,
)

# Importing one registers its tables.
TABLES = (
    *(models, note_models, presenting_models, programme_models),
    *(register_models, room_models, scorecard_models),
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
