"""The drugs of a person's running prescriptions, in words, for whoever else shows them."""

from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.prescriptions.formulary import drug_name, find_drug
from backend.prescriptions.models import PrescriptionItem
from backend.prescriptions.queries import items_of, running
from backend.prescriptions.states import PrescriptionStatus
from backend.records.medicines import Medicine
from backend.store.vault import vault


def in_hand(county_id: str, resident_id: UUID) -> list[Medicine]:
    """Return every drug that the person takes by a long prescription today; what is stopped for now is not taken."""
    pack = pack_of(county_id)
    rows = [row for row in running(county_id, resident_id) if row.status != PrescriptionStatus.FROZEN]
    items = items_of(county_id, [row.id for row in rows])
    return [
        Medicine(row.id, item.drug, drug_name(pack, item.drug), _said(pack, item), item.run_out_on)
        for row in rows
        for item in items.get(row.id, ())
    ]


def dose_text(pack: Pack, item: PrescriptionItem) -> str:
    """Say how much of a drug, and how often."""
    drug = find_drug(pack, item.drug)
    return f"每次 {float(item.per_time):g} {drug.unit if drug else '份'}，一天 {item.times_a_day} 次"


def _said(pack: Pack, item: PrescriptionItem) -> str:
    how = vault().open(item, "how")
    return f"{dose_text(pack, item)}，{how}" if how else dose_text(pack, item)
