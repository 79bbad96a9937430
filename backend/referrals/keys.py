"""The county's Ed25519 keys: the private half sealed, the public half published; a QR can be checked without us."""

import base64
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from backend.kernel.ids import new_id
from backend.referrals.models_certificate import CountyKey
from backend.store import clock
from backend.store.db import session
from backend.store.vault import STATUTORY, vault

_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the QR holds and the key signs: number, days, and a digest of the whole form."""

    number: str
    issued_on: date
    valid_until: date
    facts_hash: bytes

    @property
    def message(self) -> bytes:
        """Return the bytes that are signed."""
        return f"liandong certificate v1|{self.number}|{self.days}|{encoded(self.facts_hash[:16])}".encode()

    @property
    def days(self) -> str:
        """Return both days as they stand in the QR: 20261124-20270222."""
        return f"{self.issued_on:%Y%m%d}-{self.valid_until:%Y%m%d}"


def live_key(county_id: str) -> CountyKey:
    """Return the county's present key, made at its first certificate; two at once make one."""
    found = _live(county_id)
    if found is not None:
        return found
    private, key_id = Ed25519PrivateKey.generate(), new_id()
    raw = private.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    session().execute(
        insert(CountyKey)
        .values(
            county_id=county_id,
            id=key_id,
            public=private.public_key().public_bytes(*_RAW),
            private_sealed=vault().seal_bytes(county_id, STATUTORY, f"county_key|{key_id}", raw),
        )
        .on_conflict_do_nothing()
    )
    made = _live(county_id)
    assert made is not None
    return made


def renew(county_id: str) -> CountyKey:
    """Retire the present key and make another; certificates signed with the old one stay good."""
    session().execute(
        update(CountyKey)
        .where(CountyKey.county_id == county_id, CountyKey.retired_at.is_(None))
        .values(retired_at=clock.sql_now())
    )
    return live_key(county_id)


def sign(key: CountyKey, ticket: Ticket) -> bytes:
    """Return the county's signature over a ticket."""
    raw = vault().open_bytes(key.county_id, STATUTORY, f"county_key|{key.id}", key.private_sealed)
    return Ed25519PrivateKey.from_private_bytes(raw).sign(ticket.message)


def holds(public: bytes, ticket: Ticket, signature: bytes) -> bool:
    """Say whether a signature is the county's, by its public key alone."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, ticket.message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_keys(county_id: str) -> list[CountyKey]:
    """Return every key the county ever signed with, the newest first."""
    rows = session().scalars(select(CountyKey).where(CountyKey.county_id == county_id).order_by(CountyKey.id.desc()))
    return list(rows)


def key_of(county_id: str, key_id: UUID) -> CountyKey:
    """Return the key a certificate was signed with."""
    found = session().get(CountyKey, (county_id, key_id))
    assert found is not None
    return found


def encoded(raw: bytes) -> str:
    """Return bytes as they stand in an address."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """Return what `encoded` wrote. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _live(county_id: str) -> CountyKey | None:
    return session().scalar(select(CountyKey).where(CountyKey.county_id == county_id, CountyKey.retired_at.is_(None)))
