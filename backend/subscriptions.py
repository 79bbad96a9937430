"""One table from event to handlers, within the transaction or after it; and the outbox kinds."""

from collections.abc import Callable, Mapping

from backend.booking import bed_news
from backend.booking import events as booking
from backend.booking import handlers as bookings
from backend.chat import service as chat
from backend.contracts import events as contracts
from backend.contracts import points
from backend.followup import events as followup
from backend.followup.plans import on_hand_over_accepted, on_incoming_accepted
from backend.kernel.events import Event
from backend.people import authorities
from backend.people import events as people
from backend.prescriptions import events as prescriptions
from backend.prescriptions import freezing
from backend.records import events as records
from backend.referrals import deaths, direct, handoff_tasks, handover_tasks
from backend.referrals import events as referrals
from backend.store.events import Subscription, When
from backend.store.outbox import Claimed
from backend.wechat.events import DeliveryReported

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(people.ResidentDied, authorities.on_died, When.WITHIN),
    # The referrals first: with them their places go; then what was booked without one.
    Subscription(people.ResidentDied, deaths.on_died, When.WITHIN),
    Subscription(people.ResidentDied, bookings.on_died, When.WITHIN),
    Subscription(people.ResidentDied, direct.on_died, When.WITHIN),
    Subscription(records.HandedOverByVillage, handoff_tasks.on_handed_over, When.WITHIN),
    Subscription(records.HandoffEnded, handoff_tasks.on_handoff_ended, When.WITHIN),
    Subscription(records.PatientDischarged, handover_tasks.on_discharged, When.WITHIN),
    Subscription(referrals.ReferralSubmitted, handover_tasks.on_submitted, When.WITHIN),
    Subscription(referrals.CertificateIssued, handover_tasks.on_certificate_issued, When.WITHIN),
    Subscription(referrals.HandOverAccepted, on_hand_over_accepted, When.WITHIN),
    Subscription(referrals.IncomingAccepted, on_incoming_accepted, When.WITHIN),
    Subscription(contracts.ContractActivated, chat.on_activated, When.WITHIN),
    Subscription(contracts.ContractEnded, chat.on_ended, When.WITHIN),
    Subscription(contracts.ServiceDelivered, points.credit, When.AFTER),
    Subscription(referrals.ReferralSubmitted, bookings.on_referral_submitted, When.WITHIN),
    Subscription(referrals.ReferralRescheduled, bookings.on_rescheduled, When.WITHIN),
    Subscription(referrals.ReferralAnswered, bookings.on_referral_answered, When.WITHIN),
    Subscription(referrals.ReferralAskedAgain, bookings.on_referral_asked_again, When.WITHIN),
    Subscription(referrals.ReferralReassigned, bookings.on_referral_reassigned, When.WITHIN),
    Subscription(referrals.ReferralEnded, bookings.on_referral_ended, When.WITHIN),
    Subscription(referrals.PatientArrived, bookings.on_arrived, When.WITHIN),
    Subscription(records.PatientAdmitted, bookings.on_admitted, When.WITHIN),
    Subscription(records.OrderRevoked, bookings.on_order_revoked, When.WITHIN),
    Subscription(records.PatientAdmitted, freezing.on_admitted, When.WITHIN),
    Subscription(followup.DangerReported, freezing.on_danger, When.WITHIN),
    Subscription(booking.AppointmentBooked, bookings.on_booked, When.AFTER),
    Subscription(booking.AppointmentSubmitted, bookings.on_submitted, When.AFTER),
    Subscription(booking.AppointmentOffered, bookings.on_offered, When.AFTER),
    Subscription(booking.AppointmentMissed, bookings.on_missed, When.AFTER),
    Subscription(booking.SessionStopped, bookings.on_stopped, When.AFTER),
    Subscription(booking.AppointmentMoved, bookings.on_moved, When.AFTER),
    Subscription(booking.AppointmentCancelled, bookings.on_cancelled, When.AFTER),
    Subscription(booking.BedAnswered, bed_news.on_answered, When.AFTER),
    Subscription(booking.BedFreed, bed_news.on_freed, When.AFTER),
    Subscription(records.PatientDischarged, bed_news.on_discharged, When.AFTER),
)

NEWS_ONLY: tuple[type[Event], ...] = (
    records.ReadingsTaken,
    records.VisitOpened,
    records.VisitFinished,
    contracts.ContractRequested,
    prescriptions.PrescriptionIssued,
    prescriptions.PrescriptionCollected,
    prescriptions.PrescriptionFrozen,
    prescriptions.PrescriptionStopped,
    referrals.ReferralConsented,
    referrals.DrugsMissingBelow,
    DeliveryReported,
    followup.FollowUpStarted,
    followup.FollowUpDone,
)
"""Events nobody acts on yet: told for the record, and said so."""

OUTBOX_HANDLERS: Mapping[str, Callable[[Claimed], None]] = {}
"""Outbox kinds that are not events, such as a send through WeChat, and who handles them."""
