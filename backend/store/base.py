"""What every table shares: the county first in its key, a UUID v7, and when it was made."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from backend.kernel.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all models, with constraint names that errors can be mapped from."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: DateTime(timezone=True),
            UUID: Uuid(),
            str: Text(),
            dict[str, Any]: JSONB(),
            list[Any]: JSONB(),
            list[str]: JSONB(),
        },
    )


class CountyRow:
    """Mixin: `county_id` first in the primary key, so that counties never meet."""

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True, sort_order=-3)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(server_default=text("liandong_now()"))

    def __init__(self, **values: Any) -> None:
        # The id is known before the flush: sealed columns are bound to it.
        values.setdefault("id", new_id())
        super().__init__(**values)


class Versioned:
    """Mixin for rows two people may change: the ETag; raised by `UPDATE … version + 1`."""

    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
