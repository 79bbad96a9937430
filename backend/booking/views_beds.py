"""A bed that was asked for as a body of the API: how it stands, how many are before, what is open after a no."""

from backend.alliance.queries import pack
from backend.booking import bed_tasks, queries_beds
from backend.booking.models_beds import BedRequest
from backend.booking.schemas_beds import BedBody
from backend.booking.states import BEDS, OPEN_BEDS, BedAction, BedStatus
from backend.booking.views import instead_text
from backend.kernel.roles import Actor
from backend.records.views import department_name, institution_name, person_of
from backend.referrals.models import Referral
from backend.referrals.sight import may_name
from backend.referrals.tracks import tracks_of
from backend.store import access
from backend.store.db import session

_ANSWERS = (BedAction.HOLD, BedAction.WAIT, BedAction.PASS_ON, BedAction.DECLINE)


def bed_body(row: BedRequest, actor: Actor) -> BedBody:
    """Return a question for a bed; a house that is asked sees whose it is from the consent on."""
    county = pack(row.county_id)
    named = may_name(tracks_of(session().get_one(Referral, (row.county_id, row.referral_id))), actor)
    # The list asks for the day in the same breath ("没有床，最早哪天有"); it is told beside it.
    reasons = {
        reason.code: reason.text.partition("，")[0] if reason.needs_date else reason.text
        for reason in county.referral.receiving.decline_reasons
    }
    still_open = row.status in OPEN_BEDS
    return BedBody(
        id=row.id,
        version=row.version,
        status=row.status,
        referral_id=row.referral_id,
        person=person_of(row.county_id, row.resident_id) if named else None,
        institution=row.institution,
        institution_name=institution_name(county, row.institution) or "",
        department=row.department,
        department_name=department_name(county, row.department) or "",
        priority=row.priority,
        needed_by=row.needed_by,
        asked_at=row.created_at,
        due_at=bed_tasks.due_of(row) if still_open else None,
        bed=row.bed,
        expected_on=row.expected_on,
        ahead=queries_beds.ahead_of(row) if still_open else 0,
        reason=reasons.get(row.reason, row.reason) if row.reason else None,
        free_on=row.free_on,
        instead=instead_text(county, row.institution, row.instead),
        answered_at=row.answered_at,
        actions=_actions(row, actor),
    )


def _actions(row: BedRequest, actor: Actor) -> list[str]:
    if actor.institution != row.institution or actor.roles.isdisjoint(access.catalogue.get("bed.answer").grants):
        return []
    return [str(one) for one in BEDS.actions_from(BedStatus(row.status), actor) if one in _ANSWERS]
