"""Long prescriptions as an actor sees them, with what they may do now."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack as pack_of
from backend.kernel.errors import Violation
from backend.kernel.roles import Actor, Role
from backend.people.models import Practitioner, Resident
from backend.people.places import village_name
from backend.prescriptions import answers
from backend.prescriptions.facts import stop_name
from backend.prescriptions.formulary import find_disease, find_drug
from backend.prescriptions.in_hand import dose_text
from backend.prescriptions.models import (
    Dispensing,
    LongPrescription,
    PrescriptionItem,
    PrescriptionRenewal,
)
from backend.prescriptions.pharmacy import window_from
from backend.prescriptions.queries import LastReading, dispensings_of, items_of, today
from backend.prescriptions.states import (
    PRESCRIPTIONS,
    DeclineReason,
    Issue,
    PrescriptionAction,
    PrescriptionStatus,
    RenewalStatus,
)
from backend.prescriptions.wording import DECLINE_TEXT, RENEWAL_TEXT, STATUS_TEXT, pickup_text
from backend.store import access
from backend.store.db import session
from backend.store.vault import vault

_A = PrescriptionAction
_PERMISSION = {
    _A.REVIEW: "prescription.review",
    _A.RETURN: "prescription.review",
    _A.DISPENSE: "prescription.dispense",
    _A.HAND_OUT: "prescription.hand_out",
    _A.FREEZE: "prescription.decide",
    _A.RESUME: "prescription.decide",
    _A.GO_ON: "prescription.decide",
    _A.STOP: "prescription.decide",
}


class Reader:
    """Loads what a page of prescriptions needs, once for all rows."""

    def __init__(self, actor: Actor, rows: Sequence[LongPrescription]) -> None:
        self.actor, self.rows, self.day = actor, rows, today()
        self.pack = pack_of(actor.county_id)
        ids = [row.id for row in rows]
        self.items = items_of(actor.county_id, ids)
        self.prepared = dispensings_of(actor.county_id, ids)
        self.residents = named(Resident, actor.county_id, {row.resident_id for row in rows})
        people = {row.practitioner_id for row in rows}
        people |= {one.fetched_by for parts in self.prepared.values() for one in parts if one.fetched_by}
        self.people = named(Practitioner, actor.county_id, people)
        self.renewals = {
            one.prescription_id: one
            for one in session().scalars(
                select(PrescriptionRenewal).where(
                    PrescriptionRenewal.county_id == actor.county_id, PrescriptionRenewal.prescription_id.in_(ids)
                )
            )
        }
        self._allowed: dict[str, set[UUID]] = {}

    def view(self, row: LongPrescription, *, whole: bool = False) -> answers.PrescriptionOut:
        """One row; `whole` also opens what was written."""
        status = PrescriptionStatus(row.status)
        disease, place = find_disease(self.pack, row.condition), self.pack.institutions.institution(row.pickup_at)
        parts = self.prepared.get(row.id, [])
        waiting = parts[-1] if parts and status is PrescriptionStatus.DISPENSED else None
        opens = window_from(self.pack, row, len(parts) + (0 if waiting else 1))
        fetched = self.people.get(waiting.fetched_by) if waiting and waiting.fetched_by else None
        staff = not self.actor.has(Role.RESIDENT) or self.actor.practitioner_id is not None
        rule = self.pack.prescriptions.dispensing
        return answers.PrescriptionOut(
            id=row.id,
            version=row.version,
            status=status,
            status_text=STATUS_TEXT[status],
            resident=person(self.actor.county_id, self.residents[row.resident_id]),
            condition=row.condition,
            condition_name=disease.name if disease else row.condition,
            issue=row.issue,
            issue_text=issue_text(row.issue),
            days=row.days,
            carry_days=row.carry_days,
            issued_on=row.issued_on,
            starts_on=row.starts_on,
            last_day=row.run_out_on - timedelta(days=1),
            days_left=max((row.run_out_on - max(self.day, row.starts_on)).days, 0),
            doctor_name=self.people[row.practitioner_id].name,
            institution_name=self.pack.institutions.institution(row.institution).short_name,
            pickup=answers.PlaceOut(code=place.code, name=place.short_name, phone=next(iter(place.phones), "")),
            pickup_from=opens,
            pickup_text=pickup_text(status, place.short_name, opens, fetched.name if fetched else "", self.day),
            bring=list(rule.pickup_papers),
            other_may_collect=rule.pickup_by_other,
            with_village_doctor=fetched.name if fetched else "",
            items=[self._item(item) for item in self.items.get(row.id, [])],
            needs_confirmation=row.confirmed_how == "phone_app" and row.confirmed_at is None,
            frozen_text=f"因为{stop_name(self.pack, row.frozen_reason)}" if row.frozen_reason else "",
            advice=vault().open(row, "advice") or "",
            note=(vault().open(row, "note") or "") if whole and staff else "",
            return_note=(vault().open(row, "return_note") or "") if staff else "",
            stop_text=stop_name(self.pack, row.stop_reason) if row.stop_reason else "",
            renews_id=row.renews_id,
            renewal=self._renewal(row),
            actions=self._actions(row, status, waiting, in_window=self.day >= opens),
        )

    def _item(self, item: PrescriptionItem) -> answers.ItemOut:
        drug = find_drug(self.pack, item.drug)
        unit, each = drug.unit if drug else "份", float(item.per_time)
        return answers.ItemOut(
            drug=item.drug,
            name=drug.name if drug else item.drug,
            spec=drug.spec if drug else "",
            unit=unit,
            per_time=each,
            times_a_day=item.times_a_day,
            quantity=item.quantity,
            dose_text=dose_text(self.pack, item),
            how=vault().open(item, "how") or "",
        )

    def _renewal(self, row: LongPrescription) -> answers.RenewalHint | None:
        found = self.renewals.get(row.id)
        if found is None:
            return None
        status = RenewalStatus(found.status)
        last = row.run_out_on - timedelta(days=1)
        text = RENEWAL_TEXT[status]
        if status is RenewalStatus.WAITING:
            text = f"药吃到 {last.month} 月 {last.day} 日。请在这之前来看医生，医生看过才能定要不要接着开。"
        return answers.RenewalHint(
            id=found.id,
            status=status,
            text=text,
            reason_text=DECLINE_TEXT[DeclineReason(found.reason)] if found.reason else "",
            words=vault().open(found, "words") or "",
        )

    def _may(self, action: str, row: LongPrescription) -> bool:
        """Ask the database once an action for the whole page."""
        if action not in self._allowed:
            grants = access.catalogue.get(action).grants
            self._allowed[action] = (
                set()
                if self.actor.roles.isdisjoint(grants)
                else set(
                    session().scalars(
                        access.scoped_query(LongPrescription, self.actor, action)
                        .where(LongPrescription.id.in_([one.id for one in self.rows]))
                        .with_only_columns(LongPrescription.id)
                    )
                )
            )
        return row.id in self._allowed[action]

    def _actions(
        self, row: LongPrescription, status: PrescriptionStatus, waiting: Dispensing | None, *, in_window: bool
    ) -> list[str]:
        found = []
        for action in PRESCRIPTIONS.actions_from(status, self.actor):
            needed = _PERMISSION.get(action)
            if needed is None or not self._may(needed, row):
                continue
            if action is _A.DISPENSE and not in_window:
                continue
            if action is _A.HAND_OUT and not self._holds(waiting):
                continue
            if action is (_A.RESUME if row.collected_at else _A.GO_ON):
                continue
            found.append("go_on" if action is _A.RESUME else str(action))
        if waiting is not None and waiting.fetched_by is None and self._may("prescription.fetch", row):
            found.append("fetch")
        asked = row.confirmed_how == "phone_app" and row.confirmed_at is None and status is PrescriptionStatus.ISSUED
        if asked and self._may("prescription.confirm", row):
            found.append("confirm")
        return found

    def _holds(self, waiting: Dispensing | None) -> bool:
        if waiting is None:
            return False
        if waiting.fetched_by is None:
            return self.actor.has(Role.PHARMACIST, Role.DISPENSER)
        return waiting.fetched_by == self.actor.practitioner_id


def one(actor: Actor, row: LongPrescription) -> answers.PrescriptionOut:
    """One prescription with everything that was written."""
    return Reader(actor, [row]).view(row, whole=True)


def many(actor: Actor, rows: Sequence[LongPrescription], cursor: str | None = None) -> answers.PrescriptionsOut:
    """A page of prescriptions."""
    reader = Reader(actor, rows)
    return answers.PrescriptionsOut(items=[reader.view(row) for row in rows], next_cursor=cursor)


def violation_out(violation: Violation) -> answers.ViolationOut:
    """A broken rule with its source."""
    source = violation.source
    return answers.ViolationOut(
        rule=violation.rule,
        text=violation.text,
        instead=violation.instead,
        pointer=violation.pointer,
        source=answers.SourceOut(
            id=source.id,
            kind=source.kind,
            title=source.title,
            document=source.document,
            section=source.section,
            sample=source.sample,
        ),
    )


def reading_out(reading: LastReading) -> answers.ReadingOut:
    """A measured value with its aim."""
    return answers.ReadingOut(
        code=reading.code,
        name=reading.name,
        value=reading.value,
        unit=reading.unit,
        taken_at=reading.taken_at,
        aim=reading.aim,
        met=reading.met,
    )


def issue_text(issue: str) -> str:
    """Say whether it is the first one."""
    return "第一次开" if issue == Issue.FIRST else "接着开"


def person(county_id: str, resident: Resident) -> answers.PersonOut:
    """Whom it is about, with village and birth year beside the name."""
    return answers.PersonOut(
        id=resident.id,
        name=resident.name,
        birth_year=resident.birth_on.year,
        village_name=village_name(county_id, resident.village),
    )


def named(model: Any, county_id: str, ids: set[UUID]) -> dict[UUID, Any]:
    """Rows of a county by id."""
    if not ids:
        return {}
    return {
        row.id: row for row in session().scalars(select(model).where(model.county_id == county_id, model.id.in_(ids)))
    }
