"""The pick-up register as the pharmacy and the village doctor see it. LP-13."""

from collections.abc import Sequence

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.kernel.roles import Actor
from backend.people.models import Practitioner, Resident
from backend.prescriptions import answers
from backend.prescriptions.formulary import find_drug
from backend.prescriptions.models import Pickup, PrescriptionItem
from backend.prescriptions.queries import items_of
from backend.prescriptions.reading import named, person
from backend.prescriptions.wording import PAPER_TEXT
from backend.store.vault import vault


def page(actor: Actor, rows: Sequence[Pickup], cursor: str | None) -> answers.PickupsOut:
    """A page of the pick-up register; only the last four digits were ever written down."""
    pack = pack_of(actor.county_id)
    residents = named(Resident, actor.county_id, {row.resident_id for row in rows})
    people = named(Practitioner, actor.county_id, {row.practitioner_id for row in rows})
    items = items_of(actor.county_id, [row.prescription_id for row in rows])
    return answers.PickupsOut(
        items=[
            answers.PickupOut(
                id=row.id,
                prescription_id=row.prescription_id,
                resident=person(actor.county_id, residents[row.resident_id]),
                picked_at=row.picked_at,
                institution_name=pack.institutions.institution(row.institution).short_name,
                handed_by=people[row.practitioner_id].name,
                collected_by=row.collected_by,
                collected_text=_collected(row),
                papers_text=_papers(row),
                signed_text="屏幕上签名" if row.signed_how == "screen" else "登记本上签名",
                drugs=[_amount(pack, item) for item in items.get(row.prescription_id, [])],
            )
            for row in rows
        ],
        next_cursor=cursor,
    )


def _collected(row: Pickup) -> str:
    if row.collected_by == "self":
        return "本人"
    name, digits = vault().open(row, "collector_name") or "（已删除）", vault().open(row, "collector_digits") or "——"
    return f"{name}（{row.relation}），证件后四位 {digits}"


def _papers(row: Pickup) -> str:
    seen = PAPER_TEXT[row.patient_paper]
    if row.collector_paper is None:
        return f"看了本人{seen}"
    return f"看了病人{seen}和代领人{PAPER_TEXT[row.collector_paper]}"


def _amount(pack: Pack, item: PrescriptionItem) -> str:
    drug = find_drug(pack, item.drug)
    return f"{drug.name} {drug.spec} {item.quantity} {drug.unit}" if drug else f"{item.drug} {item.quantity}"
