"""Stored files: checked by their callers, sealed here, served only through a permission."""

import hashlib
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session

from backend.kernel.errors import NotFound
from backend.store.base import Base, CountyRow
from backend.store.vault import STATUTORY, vault


class StoredFile(CountyRow, Base):
    """A sealed blob with its media type; `resident_id` names whose key seals it."""

    __tablename__ = "stored_file"

    resident_id: Mapped[UUID | None]
    media_type: Mapped[str]
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes]
    content_sealed: Mapped[bytes]


def put(
    current: Session,
    county_id: str,
    *,
    name: str,
    media_type: str,
    content: bytes,
    resident_id: UUID | None,
) -> StoredFile:
    """Seal and store bytes; returns the row with its id."""
    row = StoredFile(
        county_id=county_id,
        resident_id=resident_id,
        media_type=media_type,
        name=name,
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
        content_sealed=b"",
    )
    row.content_sealed = vault().seal_bytes(county_id, resident_id or STATUTORY, f"stored_file|{row.id}", content)
    current.add(row)
    return row


def get(current: Session, county_id: str, file_id: UUID) -> tuple[StoredFile, bytes]:
    """Open a stored file. Raises NotFound; the caller has already authorised."""
    row = current.scalar(select(StoredFile).where(StoredFile.county_id == county_id, StoredFile.id == file_id))
    if row is None:
        raise NotFound("file_not_found", "没有这份文件。")
    content = vault().open_bytes(county_id, row.resident_id or STATUTORY, f"stored_file|{row.id}", row.content_sealed)
    return row, content


def destroy(current: Session, county_id: str, file_id: UUID) -> None:
    """Take a file away for good: one that was put in by mistake and was shown to nobody."""
    current.execute(delete(StoredFile).where(StoredFile.county_id == county_id, StoredFile.id == file_id))
