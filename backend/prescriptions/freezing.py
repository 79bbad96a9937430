"""What else happens to a patient and halts their long prescriptions until a doctor decides. LP-12."""

from typing import Protocol
from uuid import UUID

from sqlalchemy import or_, select

from backend.alliance.queries import pack as pack_of
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor, system_actor
from backend.prescriptions.models import LongPrescription
from backend.prescriptions.moving import check_version, freeze
from backend.prescriptions.queries import today
from backend.prescriptions.states import PENDING, PrescriptionStatus
from backend.store import access
from backend.store.db import session


class AboutResident(Protocol):
    """An event of another room about a resident."""

    @property
    def county_id(self) -> str:
        """The county."""

    @property
    def resident_id(self) -> UUID:
        """Whom it happened to."""


def on_danger(event: AboutResident) -> None:
    """A dangerous value or sign was reported: nothing more is handed out or renewed."""
    freeze_all(event.county_id, event.resident_id, "danger")


def on_admitted(event: AboutResident) -> None:
    """Admitted to hospital for any reason: the drugs may change."""
    freeze_all(event.county_id, event.resident_id, "admitted")


def freeze_all(county_id: str, resident_id: UUID, reason: str) -> int:
    """Freeze whatever is on its way or in use, by the county's list of stop events. Returns how many."""
    if reason not in {event.code for event in pack_of(county_id).prescriptions.stop_events}:
        return 0
    rows = (
        session()
        .scalars(
            select(LongPrescription)
            .where(
                LongPrescription.county_id == county_id,
                LongPrescription.resident_id == resident_id,
                or_(
                    LongPrescription.status.in_(PENDING),
                    (LongPrescription.status == PrescriptionStatus.COLLECTED) & (LongPrescription.run_out_on > today()),
                ),
            )
            .order_by(LongPrescription.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .all()
    )
    for prescription in rows:
        freeze(system_actor(county_id), prescription, reason)
    return len(rows)


def freeze_one(actor: Actor, prescription_id: UUID, reason: str, *, version: int | None = None) -> LongPrescription:
    """Freeze one by hand, for a reason of the county's list."""
    prescription = access.authorize(LongPrescription, prescription_id, actor, "prescription.decide", lock=True)
    check_version(prescription, version)
    if reason not in {event.code for event in pack_of(actor.county_id).prescriptions.stop_events}:
        raise Invalid("unknown_reason", "请从列出的原因里选一个。")
    freeze(actor, prescription, reason)
    return prescription
