"""Nobody outside the county writes back: the treating doctor is asked to ask, then the doctor's house. XM-5.5."""

from datetime import datetime, time, timedelta

from backend.alliance.queries import pack
from backend.kernel.clock import SHANGHAI
from backend.referrals import waiting
from backend.referrals.certificate_state import latest
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival, ReferralCertificate
from backend.referrals.models_outside import OutsideReport
from backend.referrals.outside_reports import is_open, is_outside
from backend.referrals.states import ReferralStatus
from backend.store import clock
from backend.worklist.service import Owner

OUTSIDE_NEWS = "referral.outside_news"
_DAY = 24 * 60
_EVENING = time(18, 0)
_STAGES = {ReferralStatus.ARRIVED: "came", ReferralStatus.EXPIRED: "expired"}
_UNPAPERED = (ReferralStatus.SUBMITTED, ReferralStatus.ARRIVED)


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
        _ask(referral, "expired", f"expired:{referral.version}", _tomorrow(referral))


def after_strike(referral: Referral, row: OutsideReport) -> None:
    """What was told did not hold: it is asked again by the end of the next working day, unless a result stands."""
    if referral.status == ReferralStatus.CLOSED:
        return
    waiting.done(referral, OUTSIDE_NEWS, "struck")
    stage = _STAGES.get(ReferralStatus(referral.status), "issued")
    if is_open(referral):
        _ask(referral, stage, f"struck:{row.id}", _tomorrow(referral))
    if referral.emergency and referral.status in _UNPAPERED and latest(referral) is None:
        waiting.for_doctor(referral, waiting.PAPERS, f"struck:{row.id}")  # they ended with the result that is struck


def _tomorrow(referral: Referral) -> datetime:
    now = clock.now()
    return waiting.office_of(referral.county_id, referral.from_institution, now).after_days(now, 1).at


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
