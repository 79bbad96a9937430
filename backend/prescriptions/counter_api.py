"""HTTP at the pharmacy and in the village, and renewals. LP-10, LP-13, LP-16."""

from uuid import UUID

from flask import Blueprint

from backend.alliance.queries import pack as pack_of
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.people.residents import may
from backend.prescriptions import answers, pharmacy, pickups, reading, register, renewals, schemas, service
from backend.prescriptions.facts import Drug, Wish
from backend.prescriptions.models import LongPrescription, Pickup, PrescriptionRenewal
from backend.prescriptions.queries import items_of, last_readings, today
from backend.prescriptions.states import RENEWALS, RenewalStatus
from backend.prescriptions.wording import RENEWAL_TEXT
from backend.prescriptions.writing import WRITING_ONLY, wish_of
from backend.store import access
from backend.store.db import session
from backend.web.operations import expected_version, operation
from backend.web.paging import PageQuery, fetch_page

routes = Blueprint("counter", __name__)
TAG = "长期处方"
SIGNATURE_LIMIT = 400 * 1024
_ONE = "/long-prescriptions/<uuid:prescription_id>"


@routes.post(f"{_ONE}/review")
@operation("prescription.review", summary="药师审过", tag=TAG, answer=answers.PrescriptionOut)
def review(actor: Actor, prescription_id: UUID) -> answers.PrescriptionOut:
    return reading.one(actor, pharmacy.review(actor, prescription_id, version=expected_version()))


@routes.post(f"{_ONE}/return")
@operation("prescription.review", summary="药师退回", tag=TAG, body=schemas.NoteIn, answer=answers.PrescriptionOut)
def give_back(actor: Actor, prescription_id: UUID, body: schemas.NoteIn) -> answers.PrescriptionOut:
    return reading.one(actor, pharmacy.give_back(actor, prescription_id, body.note, version=expected_version()))


@routes.post(f"{_ONE}/dispense")
@operation("prescription.dispense", summary="配好药", tag=TAG, answer=answers.PrescriptionOut)
def dispense(actor: Actor, prescription_id: UUID) -> answers.PrescriptionOut:
    return reading.one(actor, pharmacy.dispense(actor, prescription_id, version=expected_version()))


@routes.post(f"{_ONE}/pickups")
@operation(
    "prescription.hand_out",
    summary="发药并登记",
    tag=TAG,
    body=schemas.PickupIn,
    answer=answers.PrescriptionOut,
    status=201,
    body_limit=SIGNATURE_LIMIT,
)
def hand_out(actor: Actor, prescription_id: UUID, body: schemas.PickupIn) -> answers.PrescriptionOut:
    seen = pickups.Seen(by_other=body.collected_by == "other", **body.model_dump(exclude={"collected_by"}))
    return reading.one(actor, pickups.hand_out(actor, prescription_id, seen, version=expected_version()))


@routes.post("/drug-fetches")
@operation(
    "prescription.fetch",
    summary="村医代领几个人的药",
    tag=TAG,
    body=schemas.FetchIn,
    answer=answers.PrescriptionsOut,
    status=201,
)
def fetch(actor: Actor, body: schemas.FetchIn) -> answers.PrescriptionsOut:
    wanted = [pickups.Fetch(one.prescription_id, one.patient_paper, one.patient_digits) for one in body.items]
    return reading.many(actor, pickups.fetch(actor, wanted))


@routes.get("/pickups")
@operation("pickup.read", summary="取药登记", tag=TAG, query=PageQuery, answer=answers.PickupsOut)
def list_pickups(actor: Actor, query: PageQuery) -> answers.PickupsOut:
    page, cursor = fetch_page(access.scoped_query(Pickup, actor, "pickup.read"), Pickup.id, query)
    return register.page(actor, page, cursor)


@routes.get("/prescription-renewals")
@operation("renewal.read", summary="等医生看的续方", tag=TAG, query=schemas.RenewalsQuery, answer=answers.RenewalsOut)
def list_renewals(actor: Actor, query: schemas.RenewalsQuery) -> answers.RenewalsOut:
    rows = access.scoped_query(PrescriptionRenewal, actor, "renewal.read").where(
        PrescriptionRenewal.status == query.status
    )
    page, cursor = fetch_page(rows, PrescriptionRenewal.id, query, newest_first=False)
    return answers.RenewalsOut(items=[_renewal(actor, row) for row in page], next_cursor=cursor)


@routes.get("/prescription-renewals/<uuid:renewal_id>")
@operation("renewal.read", summary="一条续方", tag=TAG, answer=answers.RenewalOut)
def get_renewal(actor: Actor, renewal_id: UUID) -> answers.RenewalOut:
    return _renewal(actor, access.authorize(PrescriptionRenewal, renewal_id, actor, "renewal.read"))


@routes.post("/prescription-renewals/<uuid:renewal_id>/renew")
@operation(
    "renewal.decide",
    summary="看过了，接着开",
    tag=TAG,
    body=schemas.WritingIn,
    answer=answers.PrescriptionOut,
    status=201,
    body_limit=SIGNATURE_LIMIT,
)
def renew(actor: Actor, renewal_id: UUID, body: schemas.WritingIn) -> answers.PrescriptionOut:
    renewal = access.authorize(PrescriptionRenewal, renewal_id, actor, "renewal.decide")
    before = session().get_one(LongPrescription, (actor.county_id, renewal.prescription_id))
    wish = wish_of(body, before.condition)
    return reading.one(actor, renewals.renew(actor, renewal_id, wish, version=expected_version()))


@routes.post("/prescription-renewals/<uuid:renewal_id>/decline")
@operation("renewal.decide", summary="这次不接着开", tag=TAG, body=schemas.DeclineIn, answer=answers.RenewalOut)
def decline(actor: Actor, renewal_id: UUID, body: schemas.DeclineIn) -> answers.RenewalOut:
    row = renewals.decline(actor, renewal_id, body.reason, body.words, version=expected_version())
    return _renewal(actor, row)


def _renewal(actor: Actor, row: PrescriptionRenewal) -> answers.RenewalOut:
    pack, status = pack_of(actor.county_id), RenewalStatus(row.status)
    before = session().get_one(LongPrescription, (actor.county_id, row.prescription_id))
    resident = session().get_one(Resident, (actor.county_id, row.resident_id))
    violations = []
    # Whose contract has ended is no longer this doctor's to judge: the old prescription shows, the record does not.
    cares = may(actor, row.resident_id, "prescription.check")
    if cares and status is RenewalStatus.WAITING:
        items = items_of(actor.county_id, [before.id]).get(before.id, [])
        drugs = tuple(Drug(item.drug, item.per_time, item.times_a_day) for item in items)
        checked = service.check(actor, row.resident_id, Wish(before.condition, before.days, drugs))
        violations = [one for one in checked.found.violations(pack) if one.rule not in WRITING_ONLY]
    return answers.RenewalOut(
        id=row.id,
        version=row.version,
        status=status,
        status_text=RENEWAL_TEXT[status],
        run_out_on=row.run_out_on,
        days_left=max((row.run_out_on - today()).days, 0),
        prescription=reading.one(actor, before),
        readings=[reading.reading_out(one) for one in last_readings(pack, resident, before.condition)] if cares else [],
        violations=[reading.violation_out(one) for one in violations],
        actions=[
            str(action)
            for action in RENEWALS.actions_from(status, actor)
            if action != "end" and (cares or action != "renew")
        ],
    )
