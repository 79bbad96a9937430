"""Which migration this code expects."""

from functools import lru_cache

from alembic.config import Config
from alembic.script import ScriptDirectory


def alembic_config(database_url: str = "") -> Config:
    """Return Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", "backend:migrations")
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


@lru_cache(maxsize=1)
def expected_head() -> str | None:
    """Return the number of the newest migration in this code."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()
