"""Alembic's entry: online only, with a short lock timeout so that no deploy blocks the county."""

from alembic import context
from sqlalchemy import create_engine, text

from backend.store.base import Base
from backend.store.tables import import_all_models

import_all_models()


def run() -> None:
    """Run migrations in one transaction a revision."""
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
