"""Sessions, places and who has one. XM-5.4b, XM-5.1a, MS-4.2.1."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kernel.permissions import Relation
from backend.store.base import Base, CountyRow, Versioned


class ScheduleSession(CountyRow, Base):
    """One morning or afternoon of a department (Schedule), made from a template of the pack.

    `place` is where to report. `stopped_at` closes it to new bookings; what is booked stays until moved.
    """

    __tablename__ = "schedule_session"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        Index("uq_schedule_session_template", "county_id", "institution", "department", "day", "template", unique=True),
        CheckConstraint("ends_at > starts_at", name="order"),
    )

    template: Mapped[str]
    institution: Mapped[str]
    department: Mapped[str]
    practitioner_id: Mapped[UUID | None]
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default=text("'clinic'"))  # clinic, outreach, examination
    day: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str]
    expert: Mapped[bool] = mapped_column(server_default=text("false"))
    item: Mapped[str | None]  # the pack's examination, where it is one
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None]  # a reason of the pack
    arrived: Mapped[int] = mapped_column(server_default=text("0"))  # how many have checked in: the next number


class Slot(CountyRow, Base):
    """Places of one pool at one time of a session (Slot). The counter is the truth; the database keeps it in bounds.

    `opens_at` is when they are let go (放号), empty for at once. From `gives_back_at` on, what is free goes to the
    general pool; `given_back` says how many went. `over` are the places that staff added by hand, each with a reason.
    `stopped` repeats the session's stop on the row that a booking changes, so that no booking slips by it.
    """

    __tablename__ = "slot"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "session_id"], ["schedule_session.county_id", "schedule_session.id"]),
        Index("uq_slot_time", "county_id", "session_id", "starts_at", "pool", unique=True),
        Index("ix_slot_starts", "county_id", "starts_at", "pool"),
        CheckConstraint("0 <= taken AND taken <= capacity + over AND over >= 0", name="capacity"),
        CheckConstraint("pool IN ('referral', 'contract', 'general')", name="pool"),
    )

    session_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    pool: Mapped[str]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default=text("0"))
    over: Mapped[int] = mapped_column(server_default=text("0"))
    opens_at: Mapped[datetime | None]
    gives_back_at: Mapped[datetime | None]
    given_back: Mapped[int] = mapped_column(server_default=text("0"))
    stopped: Mapped[bool] = mapped_column(server_default=text("false"))


_LIVE_WORDS = "status IN ('held', 'pending', 'booked', 'arrived')"
_LIVE = text(_LIVE_WORDS)
_AHEAD = "status IN ('held', 'pending', 'booked')"


class Appointment(CountyRow, Versioned, Base):
    """A place that a person has (Appointment). A place of the referral pool confirms itself: it is already promised.

    A hold has `held_until`; what waits for the desk has `confirm_by`, which escalates and never gives the place back.
    `seat` numbers the places that a person has ahead without a referral, `proxy_seat` those an account has taken for
    other people: both unique, so that the limits are the database's word and no counter can drift.
    Institution, department, day and time repeat the session's, so that the database can judge one a day.
    `code` is shown at the desk, `booked_by` is the account that did it, `by_doctor` says it was done for the person.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "slot_id"], ["slot.county_id", "slot.id"]),
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        Index("uq_appointment_live_slot", "county_id", "slot_id", "resident_id", unique=True, postgresql_where=_LIVE),
        Index("uq_appointment_live_referral", "county_id", "referral_id", unique=True, postgresql_where=_LIVE),
        Index(
            "uq_appointment_live_day",
            "county_id",
            "resident_id",
            "institution",
            "department",
            "day",
            unique=True,
            # Two examinations on one day spare a second way to town.
            postgresql_where=text(f"{_LIVE_WORDS} AND order_id IS NULL"),
        ),
        Index("uq_appointment_live_order", "county_id", "order_id", unique=True, postgresql_where=_LIVE),
        ForeignKeyConstraint(["county_id", "order_id"], ["examination_order.county_id", "examination_order.id"]),
        CheckConstraint("(kind = 'examination') = (order_id IS NOT NULL)", name="examination"),
        Index("uq_appointment_hold", "county_id", "resident_id", unique=True, postgresql_where=text("status = 'held'")),
        Index("uq_appointment_seat", "county_id", "resident_id", "seat", unique=True, postgresql_where=text(_AHEAD)),
        Index(
            "uq_appointment_proxy_seat",
            "county_id",
            "booked_by",
            "proxy_seat",
            unique=True,
            postgresql_where=text(_AHEAD),
        ),
        Index("ix_appointment_held", "county_id", "held_until", postgresql_where=text("status IN ('held', 'offered')")),
        Index(
            "uq_appointment_offer_wait",
            "county_id",
            "wait_id",
            unique=True,
            postgresql_where=text("status = 'offered'"),
        ),
        Index(
            "uq_appointment_offer_replaces",
            "county_id",
            "replaces_id",
            unique=True,
            postgresql_where=text("status = 'offered'"),
        ),
        ForeignKeyConstraint(["county_id", "wait_id"], ["waitlist_entry.county_id", "waitlist_entry.id"]),
        ForeignKeyConstraint(["county_id", "replaces_id"], ["appointment.county_id", "appointment.id"]),
        CheckConstraint("kind <> 'over_quota' OR over_reason IS NOT NULL", name="over_reason"),
        # Nobody is sent away from the desk without a word why, and a way that is open.
        CheckConstraint(
            "ended_because <> 'refused' OR (end_reason IS NOT NULL AND end_instead IS NOT NULL)", name="refused"
        ),
        Index("ix_appointment_slot", "county_id", "slot_id"),
        CheckConstraint("kind <> 'referral_pool' OR referral_id IS NOT NULL", name="pool"),
        CheckConstraint("status NOT IN ('held', 'offered') OR held_until IS NOT NULL", name="held_until"),
        CheckConstraint("status <> 'pending' OR confirm_by IS NOT NULL", name="confirm_by"),
        Index("uq_appointment_code", "county_id", "code", unique=True),
        Index("ix_appointment_institution_day", "county_id", "institution", "day"),
        Index("ix_appointment_resident", "county_id", "resident_id"),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.RECEIVER: "institution"}

    slot_id: Mapped[UUID]
    resident_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    institution: Mapped[str]
    department: Mapped[str]
    day: Mapped[date]
    starts_at: Mapped[datetime]
    kind: Mapped[str]  # the pack's kinds of booking
    status: Mapped[str] = mapped_column(server_default=text("'booked'"))
    code: Mapped[str]
    booked_by: Mapped[UUID | None]
    by_doctor: Mapped[bool] = mapped_column(server_default=text("false"))
    ended_because: Mapped[str | None]  # self | doctor | desk | refused | referral_ended | hold_expired
    end_reason: Mapped[str | None]  # a reason of the pack, where the desk ended it
    end_instead: Mapped[str | None]  # where to go instead: a department of this house, or another institution
    held_until: Mapped[datetime | None]
    confirm_by: Mapped[datetime | None]
    seat: Mapped[int | None]
    proxy_seat: Mapped[int | None]
    wait_id: Mapped[UUID | None]  # an offer from the wait list
    replaces_id: Mapped[UUID | None]  # an offer in place of an appointment
    over_reason: Mapped[str | None]  # a reason of the pack
    order_id: Mapped[UUID | None]  # the doctor's order of an examination
    queue_number: Mapped[int | None]


class WaitlistEntry(CountyRow, Versioned, Base):
    """Somebody who waits for a place of a department within some days (Appointment, waitlist).

    `appointment_id` is a later place they have and would give for an earlier one. Offers go by clinical priority, then
    by how many offers were missed, then by time.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "resident_id"], ["resident.county_id", "resident.id"]),
        ForeignKeyConstraint(["county_id", "referral_id"], ["referral.county_id", "referral.id"]),
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        Index(
            "uq_waitlist_entry_live",
            "county_id",
            "resident_id",
            "institution",
            "department",
            unique=True,
            postgresql_where=text("status IN ('waiting', 'offered')"),
        ),
        Index(
            "ix_waitlist_entry_waiting",
            "county_id",
            "institution",
            "department",
            "pool",
            postgresql_where=text("status = 'waiting'"),
        ),
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("priority IN ('stat', 'urgent', 'routine')", name="priority"),
        CheckConstraint("(pool = 'referral') = (referral_id IS NOT NULL)", name="pool"),
    )
    __access__: ClassVar[dict[Relation, str]] = {Relation.RECEIVER: "institution"}

    resident_id: Mapped[UUID]
    referral_id: Mapped[UUID | None]
    institution: Mapped[str]
    department: Mapped[str]
    pool: Mapped[str]
    priority: Mapped[str] = mapped_column(server_default=text("'routine'"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    status: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    missed: Mapped[int] = mapped_column(server_default=text("0"))
    appointment_id: Mapped[UUID | None]
    asked_by: Mapped[UUID | None]
    by_doctor: Mapped[bool] = mapped_column(server_default=text("false"))
    left_because: Mapped[str | None]  # self | doctor | desk | booked | referral_ended | over


class ClinicianLeave(CountyRow, Base):
    """Days on which a clinician sees nobody: their sessions there are stopped, and none is made anew."""

    __tablename__ = "clinician_leave"
    __table_args__ = (
        ForeignKeyConstraint(["county_id", "practitioner_id"], ["practitioner.county_id", "practitioner.id"]),
        ForeignKeyConstraint(["county_id", "institution"], ["institution.county_id", "institution.code"]),
        Index("ix_clinician_leave_practitioner", "county_id", "practitioner_id", "until_on"),
        CheckConstraint("until_on >= from_on", name="days"),
    )

    practitioner_id: Mapped[UUID]
    institution: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[str]  # a reason of the pack
    asked_by: Mapped[UUID | None]
