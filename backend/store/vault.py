"""Sealing: every person has a key; what is sealed opens only in its own table, column and row."""

import base64
import hashlib
import hmac
import os
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kernel.errors import NotFound
from backend.store.base import Base, CountyRow
from backend.store.cipher import Sealer, sealer_named
from backend.store.db import session

STATUTORY = UUID(int=0)
"""The subject of what the law makes us keep even after erasure: the county's own key."""


class VaultKey(CountyRow, Base):
    """A data key, wrapped by the master key. `id` is the person it belongs to."""

    __tablename__ = "vault_key"

    wrapped: Mapped[bytes | None]  # None: destroyed by erasure
    master_version: Mapped[int] = mapped_column(default=1)


class Sealable(Protocol):
    """A row with sealed columns: `<name>_sealed` bytes, and whose key seals them."""

    county_id: Any
    id: Any
    __tablename__: str

    @property
    def vault_subject(self) -> UUID:
        """Return the person whose key seals this row, or STATUTORY."""


class Vault:
    """Seals and opens with keys derived from one master key given by the environment."""

    def __init__(self, master_key: str, cipher: str) -> None:
        seed = _key_bytes(master_key)
        self._wrap = AESGCM(hmac.digest(seed, b"liandong wrap v1", "sha256"))
        self._index = hmac.digest(seed, b"liandong index v1", "sha256")
        self._derive = cache(lambda purpose: hmac.digest(seed, f"liandong {purpose}".encode(), "sha256"))
        self._sealer: Sealer = sealer_named(cipher)

    def derived(self, purpose: str) -> bytes:
        """Return 32 bytes for another purpose (certificate key sealing, cursors, CSRF)."""
        return self._derive(purpose)

    def blind_index(self, column: str, value: str) -> bytes:
        """Return the lookup value of a normalised full value; equal values look equal."""
        return hmac.digest(self._index, f"{column}\x00{value}".encode(), "sha256")

    def seal(self, row: Sealable, name: str, value: str | None) -> None:
        """Seal a text into `<name>_sealed` of a row that already has its id."""
        blob = None
        if value is not None:
            key = self._key(session(), row.county_id, row.vault_subject)
            blob = self._sealer.seal(key, value.encode(), _bound(row, name))
        setattr(row, f"{name}_sealed", blob)

    def open(self, row: Sealable, name: str) -> str | None:
        """Open `<name>_sealed`. None when empty or when the person's key was destroyed."""
        blob = getattr(row, f"{name}_sealed")
        if blob is None:
            return None
        key = self._find_key(session(), row.county_id, row.vault_subject)
        if key is None:
            return None
        return self._sealer.open(key, blob, _bound(row, name)).decode()

    def seal_bytes(self, county_id: str, subject: UUID, bound: str, value: bytes) -> bytes:
        """Seal bytes bound to a free-form place, such as a stored file or a kept answer."""
        key = self._key(session(), county_id, subject)
        return self._sealer.seal(key, value, bound.encode())

    def seal_with(self, wrapped: bytes, county_id: str, subject: UUID, bound: str, value: bytes) -> bytes:
        """Seal bytes as `seal_bytes` does, with a key that was read beside other things, still wrapped."""
        return self._sealer.seal(self._unwrap_key(wrapped, county_id, subject), value, bound.encode())

    def open_bytes(self, county_id: str, subject: UUID, bound: str, blob: bytes) -> bytes:
        """Open what seal_bytes sealed. Raises NotFound when the key was destroyed."""
        key = self._find_key(session(), county_id, subject)
        if key is None:
            raise NotFound("erased", "这份资料已按本人要求删除。")
        return self._sealer.open(key, blob, bound.encode())

    def destroy(self, current: Session, county_id: str, subject: UUID) -> None:
        """Destroy a person's key: what it sealed can never be read again."""
        row = current.get(VaultKey, (county_id, subject))
        if row is not None:
            row.wrapped = None
        _kept(current).pop((county_id, subject), None)

    def _key(self, current: Session, county_id: str, subject: UUID) -> bytes:
        key = self._find_key(current, county_id, subject)
        if key is not None:
            return key
        fresh = os.urandom(32)
        wrapped = self._wrap_key(fresh, county_id, subject)
        made = current.execute(
            insert(VaultKey)
            .values(county_id=county_id, id=subject, wrapped=wrapped, master_version=1)
            .on_conflict_do_nothing()
            .returning(VaultKey.id)
        ).scalar()
        if made is None:
            key = self._find_key(current, county_id, subject)
            if key is None:
                raise NotFound("erased", "这个人的资料已按本人要求删除，不能再写入。")
            return key
        _kept(current)[county_id, subject] = fresh
        return fresh

    def _find_key(self, current: Session, county_id: str, subject: UUID) -> bytes | None:
        kept = _kept(current)
        if (county_id, subject) not in kept:
            wrapped = current.scalar(
                select(VaultKey.wrapped).where(VaultKey.county_id == county_id, VaultKey.id == subject)
            )
            if wrapped is None:
                return None
            kept[county_id, subject] = self._unwrap_key(wrapped, county_id, subject)
        return kept[county_id, subject]

    def _wrap_key(self, key: bytes, county_id: str, subject: UUID) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._wrap.encrypt(nonce, key, f"{county_id}|{subject}".encode())

    def _unwrap_key(self, wrapped: bytes, county_id: str, subject: UUID) -> bytes:
        bound = f"{county_id}|{subject}".encode()
        try:
            return self._wrap.decrypt(wrapped[:12], wrapped[12:], bound)
        except InvalidTag as error:
            raise RuntimeError("a data key does not open with this master key") from error


def _kept(current: Session) -> dict[tuple[str, UUID], bytes]:
    # Kept for one session only, so that erasure takes effect with the next request.
    kept: dict[tuple[str, UUID], bytes] = current.info.setdefault("vault_keys", {})
    return kept


def _bound(row: Sealable, name: str) -> bytes:
    return f"{row.__tablename__}|{name}|{row.county_id}|{row.id}".encode()


def _key_bytes(master_key: str) -> bytes:
    try:
        raw = base64.b64decode(master_key, validate=True)
    except ValueError:
        raw = b""
    return raw if len(raw) == 32 else hashlib.sha256(master_key.encode()).digest()


_vault: Vault | None = None


def configure_vault(master_key: str, cipher: str) -> None:
    """Set the process's vault; called once by create_app."""
    global _vault  # noqa: PLW0603  one vault a process
    _vault = Vault(master_key, cipher)


def vault() -> Vault:
    """Return the process's vault. Raises RuntimeError before create_app."""
    if _vault is None:
        raise RuntimeError("the vault is configured by create_app")
    return _vault
