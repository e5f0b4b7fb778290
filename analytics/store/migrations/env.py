"""Alembic's entry: runs the migrations on the connection that ``store.database`` hands over."""

from alembic import context

from analytics.store import programme_models  # noqa: F401  # its tables join the metadata
from analytics.store.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
