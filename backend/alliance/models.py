"""Counties, their packs, institutions and alliances. XM-2, XM-4, MS-3, MS-4.3."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.base import Base


class County(Base):
    """A county: a shard of everything, made by loading its pack."""

    __tablename__ = "county"

    county_id: Mapped[str] = mapped_column(Text(), primary_key=True)
    name: Mapped[str]
