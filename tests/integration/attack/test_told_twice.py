"""The same visit to a hospital outside told by two people, a no after a yes, and a telephone call of long ago."""

from uuid import UUID

import pytest
from sqlalchemy import select

from backend.referrals.models_certificate import Arrival, CertificateEvent, ReferralCertificate
from backend.store.db import transaction
from tests.integration.referrals.rig import Cast, rules
from tests.integration.referrals.test_outside import PAPER, issued, later, phone, sent, tasks, tell, today


def register_of(cast: Cast, referral: str) -> tuple[list[str], int]:
    """Return as what somebody came, each time it was written down, and how many uses that took."""
    with cast.app.app_context(), transaction() as current:
        came = select(Arrival.came_as).where(Arrival.referral_id == UUID(referral))
        used = (
            select(CertificateEvent)
            .join(ReferralCertificate, ReferralCertificate.id == CertificateEvent.certificate_id)
            .where(ReferralCertificate.referral_id == UUID(referral), CertificateEvent.kind == "used")
        )
        return list(current.scalars(came)), len(current.scalars(used).all())


@pytest.mark.parametrize("category", ["stay", "outpatient"])
def test_the_same_coming_told_by_two_people_is_one_coming(cast: Cast, category: str) -> None:
    referral = issued(cast)
    assert tell(cast, referral, came_on=today(cast.app), category=category).status_code == 200
    before = register_of(cast, referral)
    later(cast.app, days=5)
    day = today(cast.app, -5)
    paper = {"source": "paper", "told_by": "", "ending": "discharged", "ended_on": today(cast.app, -1)}
    again = tell(cast, referral, came_on=day, category=category, **paper)
    assert (again.status_code, again.json["status"]) == (200, "closed"), again.json
    assert register_of(cast, referral) == before


def test_who_is_there_has_not_stayed_away(cast: Cast) -> None:
    referral = issued(cast)
    assert tell(cast, referral, came_on=today(cast.app)).status_code == 200
    refused = tell(cast, referral, not_gone=True)
    assert rules(refused) == {"referral.outside_stayed": PAPER[cast.county]}
    assert [one.outcome or one.status for one in tasks(cast.app, referral)] == ["arrived", "open"]


def test_a_call_of_long_ago_breaks_no_page(cast: Cast) -> None:
    referral = sent(cast)
    for long_ago in ("0001-01-01T00:00:00+14:00", "1100-01-01T00:00:00Z", 0):
        said = phone(cast, referral, said_at=long_ago)
        assert said.status_code == 422, said.json
    assert cast.read(referral)["answer"]["status"] == "asked"
