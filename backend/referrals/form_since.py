"""What has come to a certificate since it was issued: the place that was booked, and signatures that were made up."""

from typing import Any

from sqlalchemy import select

from backend.kernel.clock import SHANGHAI
from backend.people.models import Practitioner
from backend.referrals import signing
from backend.referrals.form_rows import Since
from backend.referrals.models import Referral
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.places import place_of
from backend.referrals.states import GIVEN
from backend.store.db import session


def since_issue(certificate: ReferralCertificate, facts: dict[str, Any]) -> Since:
    """Return what is printed beside the frozen lines. The digest, the QR and the stored paper stay as they were."""
    return Since(place=place_of(certificate.county_id, certificate.referral_id), signed=_made_up(certificate, facts))


def _made_up(certificate: ReferralCertificate, facts: dict[str, Any]) -> dict[int, tuple[str, str]]:
    wanted = {n: one["title"] for n, one in enumerate(facts["signatures"]) if one["late"] and not one["name"]}
    if not wanted:
        return {}
    referral = session().get_one(Referral, (certificate.county_id, certificate.referral_id))
    # A referral that was sent again has a new round: what is signed there completes no paper of before.
    if referral.content_hash != certificate.content_hash:
        return {}
    signed = [one for one in signing.steps(referral) if one.late and one.status in GIVEN and one.signed_at]
    names = dict(
        session()
        .execute(
            select(Practitioner.id, Practitioner.name).where(
                Practitioner.county_id == certificate.county_id,
                Practitioner.id.in_([one.practitioner_id for one in signed]),
            )
        )
        .all()
    )
    found = {one.title: one for one in signed}
    return {
        n: (names[one.practitioner_id], f"{one.signed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
        for n, title in wanted.items()
        if (one := found.get(title)) is not None and one.practitioner_id is not None and one.signed_at is not None
    }
