"""The second oracle: what the recorded permissions allow, worked out without a line of `store.access`.

`TIES` is written by hand: in which relations a standing is to an object of a table. The table of the permissions is
read from `docs/permissions.csv`, so that a changed cell shows twice: there, and in what the routes do.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from backend.app import ROOMS, find_room
from backend.kernel.permissions import Permissions, Relation
from backend.kernel.roles import Role

R = Relation
RECORD = Path(__file__).parents[3] / "docs" / "permissions.csv"
Matrix = Mapping[str, Mapping[Role, frozenset[Relation]]]

_FAMILY = {"self": {R.SELF}, "proxy": {R.PROXY}, "guardian": {R.GUARDIAN}}
_GRANTED = {"granted": {R.GRANTED}}
_OWN = {"own": {R.OWN}}
_HOUSE = {"institution": {R.INSTITUTION}, "ward": {R.INSTITUTION}}
_RECEIVER = {"receiver": {R.RECEIVER}}
_PATIENT = _FAMILY | _GRANTED

TIES: dict[str, dict[str, set[Relation]]] = {
    "nothing": {},
    "resident": _PATIENT | {"village": {R.VILLAGE}},
    "referral": _PATIENT | _OWN | _HOUSE | _RECEIVER,
    "referral:draft": _OWN,
    "referral_answer": {"receiver": {R.INSTITUTION}},
    "referral_answer:said": _OWN | {"receiver": {R.INSTITUTION}},
    "referral_signature": _HOUSE | {"receiver": {R.INSTITUTION}},
    "direct_visit": _PATIENT | _HOUSE,
    "referral_attachment": _PATIENT | _OWN | _HOUSE | _RECEIVER,
    "incoming_transfer": _FAMILY | _HOUSE | _RECEIVER,
    "referral_audit": _OWN | _HOUSE | _RECEIVER,
    "arrival": _HOUSE,
    "contract": _FAMILY | _HOUSE | {"team": {R.TEAM}},
    "conversation": _FAMILY | {"team": {R.TEAM}},
    "visit": _PATIENT | _OWN | _HOUSE,
    "village_handoff": _FAMILY | _OWN | _HOUSE | _RECEIVER,
    "stay": {"institution": {R.OWN}},
    "follow_up_plan": _PATIENT | _OWN | _HOUSE | _RECEIVER,
    "plan_advice": _GRANTED | _OWN | _HOUSE | _RECEIVER,
    "follow_up_visit": _PATIENT | _OWN,
    "long_prescription": _PATIENT | _OWN | _HOUSE | _RECEIVER,
    "pickup": _OWN | _HOUSE,
    "prescription_renewal": _GRANTED | _OWN,
    "appointment": _PATIENT | _OWN | _RECEIVER,
    "bed_request": _PATIENT | _OWN | _RECEIVER,
    "waitlist_entry": _PATIENT | _RECEIVER,
    "schedule_session": {"receiver": {R.INSTITUTION}},
    "schedule_template": {"receiver": {R.INSTITUTION}},
    "examination_order": _PATIENT | _OWN,
    "task": _OWN,
    "task:pool": _HOUSE,
    # The proxy holds the tie under their own account, chosen for the patient or not.
    "related_person": _PATIENT | {"village": {R.VILLAGE}, "proxy": {R.PROXY, R.OWN}, "for_oneself": {R.OWN}},
    "written_authority": _PATIENT | {"village": {R.VILLAGE}},
    "alliance_membership": _HOUSE,
    "service_point": _OWN | _HOUSE,
    "area_assignment": _OWN | _HOUSE,
}
"""Table (and which row of it) -> standing -> relations. A standing that is not named has none but ANY."""
FOREIGN = frozenset({"elsewhere", "abroad"})


def record_of(catalogue: Permissions) -> dict[str, dict[Role, frozenset[Relation]]]:
    """Return what a catalogue grants, as plain data."""
    return {one.action: dict(one.grants) for one in catalogue.all()}


def read_record() -> dict[str, dict[Role, frozenset[Relation]]]:
    """Return the recorded permissions."""
    with RECORD.open(encoding="utf-8", newline="") as sheet:
        return {
            row.pop("action"): {
                Role(role): frozenset(Relation(one) for one in cell.split()) for role, cell in row.items() if cell
            }
            for row in csv.DictReader(sheet)
        }


def write_record(matrix: Matrix) -> str:
    """Return the sheet of a matrix: a row an action, a column a role."""
    lines = [",".join(["action", *map(str, Role)])]
    for action in sorted(matrix):
        cells = (" ".join(sorted(matrix[action].get(role, ()))) for role in Role)
        lines.append(",".join([action, *cells]))
    return "\n".join(lines) + "\n"


def relations(table: str, standing: str, role: Role, action: str = "") -> set[Relation]:
    """Return every relation in which somebody of a standing, wearing a role, is to an object."""
    if standing in FOREIGN or table == "nothing":
        return set()
    found = {R.ANY} | TIES[table].get(standing, set())
    if table == "resident" and standing == "for_oneself" and action == "contract.request":
        found.add(R.PROXY)  # a household signs together, each named in the body
    if table == "stay" and standing == "ward" and role is Role.FAMILY_DOCTOR:
        found.add(R.OWN)  # a township's few beds are all its doctors'
    return found


def expects(matrix: Matrix, needed: tuple[str, ...], action: str, table: str, standing: str, role: Role) -> bool:
    """Say whether the record lets a role of a standing do the action on an object, through doors that need others."""
    if any(role not in matrix[door] for door in needed):
        return False
    return not matrix[action].get(role, frozenset()).isdisjoint(relations(table, standing, role, action))


def declared() -> Permissions:
    """Return what every room declares, without an app."""
    catalogue = Permissions()
    for room in ROOMS:
        for part in ("permissions", "api"):
            catalogue.add(getattr(find_room(room, part), "PERMISSIONS", ()))
    return catalogue


if __name__ == "__main__":
    RECORD.write_text(write_record(record_of(declared())), encoding="utf-8")
