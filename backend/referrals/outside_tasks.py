"""Nobody outside the county writes back: the treating doctor is asked to ask, then the doctor's house. XM-5.5."""

from datetime import datetime, time, timedelta

from backend.alliance.queries import pack
from backend.kernel.clock import SHANGHAI
from backend.referrals import waiting
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival, ReferralCertificate
from backend.referrals.outside_reports import is_outside
from backend.store import clock
from backend.worklist.service import Owner

OUTSIDE_NEWS = "referral.outside_news"
_DAY = 24 * 60
_EVENING = time(18, 0)


def after_issue(referral: Referral, certificate: ReferralCertificate) -> None:
    """The patient may go: ask some days after the day that was wanted, while the certificate still holds."""
    if not is_outside(referral) or referral.arrived_at is not None:
        return
    days = pack(referral.county_id).referral.limits.result_back_days
    start = max(referral.wanted_on or certificate.issued_on, certificate.issued_on)
    day = min(start + timedelta(days=days), certificate.valid_until)
    _ask(referral, "issued", "issued", datetime.combine(day, _EVENING, SHANGHAI))


def after_arrival(referral: Referral, arrival: Arrival) -> None:
    """They are there: ask for the result within the days that every hospital has."""
    days = pack(referral.county_id).referral.limits.result_back_days
    due = max(arrival.at + timedelta(days=days), clock.now() + timedelta(days=1))
    _ask(referral, "came", str(arrival.id), due)


def after_no(referral: Referral, until: ReferralCertificate, key: str) -> None:
    """They have not gone yet: ask once more before the certificate's last day is over."""
    due = datetime.combine(until.valid_until, _EVENING, SHANGHAI)
    waiting.done(referral, OUTSIDE_NEWS, "not_gone")
    if due > clock.now():
        _ask(referral, "later", key, due)


def after_expiry(referral: Referral) -> None:
    """The days are over and nobody said whether they went: that is asked, and may still be written down."""
    if is_outside(referral) and referral.direction == "up":
        now = clock.now()
        office = waiting.office_of(referral.county_id, referral.from_institution, now)
        _ask(referral, "expired", "expired", office.after_days(now, 1).at)


def _ask(referral: Referral, stage: str, key: str, due: datetime) -> None:
    desk = Owner(
        role=waiting.desk_role(referral.county_id, referral.from_institution), institution=referral.from_institution
    )
    waiting.open_for(
        referral,
        OUTSIDE_NEWS,
        waiting.treating(referral),
        due,
        key=f"{OUTSIDE_NEWS}:{referral.id}:{key}",
        ladder=[desk.step(_DAY), waiting.medical_office(referral.from_institution, _DAY)],
        detail={"stage": stage},
    )
