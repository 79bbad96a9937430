"""Is this paper real, and does it still hold? For the desk, for anybody with the QR, and without us at all."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

from flask import current_app

from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.referrals import keys
from backend.referrals.certificate_state import State, find_number, state_of, ticket_of
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.numbers import read_number
from backend.store import audit
from backend.store.db import session

_DAYS = re.compile(r"^([0-9]{8})-([0-9]{8})$")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a QR or a hand-typed number says. Without days, digest and signature it was typed."""

    number: str
    ticket: keys.Ticket | None
    signature: bytes | None

    @property
    def typed(self) -> bool:
        """Say whether only the number is known."""
        return self.ticket is None


@dataclass(frozen=True, slots=True)
class Verified:
    """A certificate as it stands, and whether the county's key signed what was scanned (None: only a number)."""

    certificate: ReferralCertificate
    state: State
    signed: bool | None


def address(certificate: ReferralCertificate) -> str:
    """Return what the QR holds: the public page with number, days, digest and the county's signature."""
    ticket = ticket_of(certificate)
    base = current_app.config["SETTINGS"].public_url.rstrip("/")
    digest = keys.encoded(ticket.facts_hash[:16])
    return f"{base}/v/{ticket.number}?e={ticket.days}&f={digest}&s={keys.encoded(certificate.signature)}"


def scan(text: str) -> Scanned | None:
    """Read a scanned address or a typed number; None when it can be neither."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return None  # an address that is none, such as http://[
    if not parts.query:
        number = read_number(parts.path.rsplit("/", 1)[-1])
        return Scanned(number, None, None) if number else None
    number = read_number(parts.path.rsplit("/", 1)[-1])
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return read_parts(number, given.get("e", ""), given.get("f", ""), given.get("s", "")) if number else None


def read_parts(number: str, days: str, digest: str, signature: str) -> Scanned:
    """Return what the parts of an address say; parts that cannot be read count as not signed."""
    found = _DAYS.match(days)
    try:
        assert found is not None
        issued, until = (date(int(day[:4]), int(day[4:6]), int(day[6:])) for day in found.groups())
        ticket = keys.Ticket(number, issued, until, keys.decoded(digest))
        return Scanned(number, ticket, keys.decoded(signature))
    except (AssertionError, ValueError):
        return Scanned(number, None, b"" if signature else None)


def verify(actor: Actor, text: str) -> Verified:
    """Look a certificate up for somebody at a desk. Raises NotFound for a number that does not exist here."""
    scanned = scan(text)
    certificate = find_number(scanned.number) if scanned else None
    if scanned is None or certificate is None or certificate.county_id != actor.county_id:
        raise NotFound("no_certificate", "没有这张证明，请核对号码；没有证明也可以看病，按没有转诊登记。")
    audit.record(
        session(),
        actor,
        "certificate.verify",
        "referral_certificate",
        certificate.id,
        resident_id=certificate.resident_id,
    )
    return Verified(certificate, state_of(certificate), signed_by_county(certificate, scanned))


def tells_whom(verified: Verified, actor: Actor) -> bool:
    """Say whether it tells this house whom it is about: the two houses named on it, or whoever scanned the paper.

    Everybody else has typed a number that may be anybody's: what is told then is whether it holds, and where it leads.
    """
    certificate = verified.certificate
    named = actor.institution in (certificate.from_institution, certificate.to_institution)
    return named or verified.signed is True


def signed_by_county(certificate: ReferralCertificate, scanned: Scanned) -> bool | None:
    """Say whether what was scanned is what the county signed; None when only a number was typed."""
    if scanned.signature is None:
        return None
    if scanned.ticket is None:
        return False
    key = keys.key_of(certificate.county_id, certificate.key_id)
    same = scanned.ticket.days == ticket_of(certificate).days
    return same and keys.holds(key.public, scanned.ticket, scanned.signature)


def verify_offline(text: str, public: bytes) -> bool:
    """Check a QR with a public key and nothing else: no database, no network. Whether it was voided is not known."""
    scanned = scan(text)
    return (
        scanned is not None
        and scanned.ticket is not None
        and scanned.signature is not None
        and keys.holds(public, scanned.ticket, scanned.signature)
    )
