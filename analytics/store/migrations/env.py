"""Alembic's entry: runs the migrations on the connection that ``store.database`` hands over."""

from alembic import context

from analytics.store import models, programme_models, room_models, scorecard_models

TABLES = (
    models,
    programme_models,
    room_models,
    scorecard_models,
)  # importing one registers its tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
