"""Everything about a referral that moves, read once for whoever shows it."""

from dataclasses import dataclass

from sqlalchemy import select

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.people.models import Practitioner
from backend.records.models import Stay
from backend.referrals import answers, consents, departments, outside_tasks, reassigning, signing, waiting
from backend.referrals.certificate_state import State, latest, state_of
from backend.referrals.content import content_of
from backend.referrals.models import Referral, ReferralAnswer, ReferralConsent, ReferralSignature
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.models_department import DepartmentAssignment
from backend.referrals.models_outside import OutsideReport
from backend.referrals.models_reassignment import ReferralReassignment
from backend.referrals.outside_reports import is_outside, reports_of
from backend.referrals.states import ConsentStatus, ReferralStatus
from backend.store.db import session
from backend.worklist.models import Task
from backend.worklist.service import open_task_of


@dataclass(frozen=True, slots=True)
class Tracks:
    """Everything about a referral that moves, read once."""

    county: Pack
    referral: Referral
    doctor: Practitioner | None
    consent: ReferralConsent | None
    answer: ReferralAnswer | None
    steps: tuple[ReferralSignature, ...]
    certificate: ReferralCertificate | None
    state: State | None
    stay: Stay | None  # the bed it led to
    changes: tuple[ReferralReassignment, ...]  # of the treating doctor
    departments: tuple[DepartmentAssignment, ...]  # chosen by the house that is asked
    chase: Task | None  # whoever owes the result now, until it came back
    reports: tuple[OutsideReport, ...] = ()  # of a hospital outside, the newest first, the struck ones too

    @property
    def told(self) -> tuple[OutsideReport, ...]:
        """Return what was told of a hospital outside and still counts, the newest first."""
        return tuple(one for one in self.reports if one.struck_at is None)

    @property
    def consented(self) -> bool:
        """Say whether the consent stands for what is there now."""
        # Of the words as they are: one sent back may name another hospital before it is sent, and asked, again.
        return (
            self.consent is not None
            and self.consent.status == ConsentStatus.GIVEN
            and self.consent.covers_hash == content_of(self.referral).digest
        )

    @property
    def outside(self) -> bool:
        """Say whether it leads to a hospital that has no desk here."""
        return is_outside(self.referral)

    @property
    def outside_asked(self) -> bool:
        """Say whether a hospital without a desk here is to be phoned: the question to it is still open."""
        open_ = self.answer is not None and self.answer.status in answers.WAITING
        return (
            open_
            and self.answer is not None
            and self.answer.institution == self.referral.to_institution
            and self.outside
        )

    @property
    def end_reason(self) -> str | None:
        """Return why it ended; of a hospital outside nobody knows whether the patient went until somebody says so."""
        unknown = self.outside and not (self.told and self.told[0].not_gone)
        return "expired_outside" if self.referral.end_reason == "expired" and unknown else self.referral.end_reason

    @property
    def doctor_name(self) -> str:
        """Return the treating doctor as people say it."""
        return f"{self.doctor.name}医生" if self.doctor else "医生"


def tracks_of(referral: Referral) -> Tracks:
    """Read everything about a referral that moves."""
    certificate = latest(referral)
    return Tracks(
        county=pack(referral.county_id),
        referral=referral,
        doctor=session().get(Practitioner, (referral.county_id, referral.practitioner_id)),
        consent=consents.live_consent(referral),
        answer=answers.last_answer(referral),
        steps=tuple(signing.steps(referral)),
        certificate=certificate,
        state=state_of(certificate) if certificate else None,
        stay=_stay(referral),
        changes=tuple(reassigning.history(referral)),
        departments=tuple(departments.history(referral)) if referral.direction == "up" else (),
        chase=_chase(referral),
        reports=tuple(reports_of(referral)) if is_outside(referral) else (),
    )


def _stay(referral: Referral) -> Stay | None:
    if referral.arrived_at is None or referral.direction == "down":
        return None
    return session().scalar(
        select(Stay)
        .where(Stay.county_id == referral.county_id, Stay.referral_id == referral.id)
        .order_by(Stay.id.desc())
        .limit(1)
    )


def _chase(referral: Referral) -> Task | None:
    if referral.status != ReferralStatus.ARRIVED or referral.direction == "down":
        return None
    kind = outside_tasks.OUTSIDE_NEWS if is_outside(referral) else waiting.RESULT
    return open_task_of(referral.county_id, (waiting.FOCUS, referral.id), kind)
