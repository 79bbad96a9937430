"""Cursor paging: opaque, stable while rows are added, never an offset."""

import base64
import binascii
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select

from backend.kernel.errors import Malformed
from backend.store.db import session

Item = TypeVar("Item")


class PageQuery(BaseModel):
    """Query of every list."""

    model_config = ConfigDict(extra="forbid")
    cursor: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=20, ge=1, le=100)


class Page(BaseModel, Generic[Item]):
    """A page of items and the cursor of the next one, or null at the end."""

    items: list[Item]
    next_cursor: str | None = None


def encode(last: UUID) -> str:
    """Return the cursor after a row; ids are UUID v7 and so in order of making."""
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def decode(cursor: str) -> UUID:
    """Return the id inside a cursor. Raises Malformed."""
    try:
        return UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise Malformed("cursor", "翻页的位置不对，请回到第一页。") from error


def fetch_page(
    query: Select[Any], id_column: Any, page: PageQuery, *, newest_first: bool = True
) -> tuple[list[Any], str | None]:
    """Run a list query one page at a time, by id. Returns rows and the next cursor."""
    if page.cursor is not None:
        after = decode(page.cursor)
        query = query.where(id_column < after if newest_first else id_column > after)
    order = id_column.desc() if newest_first else id_column.asc()
    rows = list(session().scalars(query.order_by(order).limit(page.limit + 1)))
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    return rows, (encode(getattr(rows[-1], id_column.key)) if more else None)
