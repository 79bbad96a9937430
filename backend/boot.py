"""Boot checks: what makes a process refuse to start, each by name."""

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from backend.config import DEMO_KEY, BadSettings, Settings
from backend.store.db import db, session


def check_settings(settings: Settings) -> None:
    """Refuse unsafe settings in production. Raises BadSettings and names the variable."""
    if not settings.production:
        return
    if settings.embedded:
        raise BadSettings("LIANDONG_EMBEDDED: production needs its own DATABASE_URL, REDIS_URL")
    if settings.demo:
        raise BadSettings("LIANDONG_DEMO: production has no demo people")
    if settings.debug:
        raise BadSettings("LIANDONG_DEBUG: production never runs in debug")
    if settings.master_key.startswith(DEMO_KEY):
        raise BadSettings("LIANDONG_MASTER_KEY: this is a demo key")
    if settings.wechat_mock_public or "127.0.0.1" in settings.wechat_api:
        raise BadSettings("WECHAT_API: production talks to WeChat's own servers")


def durability() -> list[str]:
    """Return the names of database settings by which an acknowledged booking could be lost; empty when safe."""
    row = (
        session()
        .execute(
            text(
                "SELECT current_setting('fsync') AS fsync,"
                " current_setting('synchronous_commit') AS synchronous_commit,"
                " current_setting('full_page_writes') AS full_page_writes"
            )
        )
        .one()
    )
    return [name for name, value in row._mapping.items() if value in {"off", "local"}]


def check_database(settings: Settings) -> None:
    """Refuse a production database that may lose what it acknowledged. Raises BadSettings."""
    if not settings.production:
        return
    try:
        weak = durability()
    except OperationalError as error:
        raise BadSettings("DATABASE_URL: the database does not answer") from error
    finally:
        # Nothing stays open of a process that refuses to start, nor for a child that is forked after this.
        session().close()
        db.engine.dispose()
    if weak:
        raise BadSettings(f"{weak[0]} is off: an acknowledged booking could be lost")
