"""Everything about a referral that moves, read once for whoever shows it."""

from dataclasses import dataclass

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.people.models import Practitioner
from backend.referrals import answers, consents, signing
from backend.referrals.certificate_state import State, latest, state_of
from backend.referrals.models import Referral, ReferralAnswer, ReferralConsent, ReferralSignature
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.states import ConsentStatus
from backend.store.db import session

END_TEXT = {
    "own_wish": "自己要求转诊，这里不开证明；您可以自己去看",
    "consent_declined": "您说不转了",
    "patient": "您改了主意，不转了",
    "doctor": "医生收回了这次转诊",
    "no_hospital": "没有医院能收，医生在这里接着治",
    "expired": "证明过期了",
    "discharged": "已经出院了，这次下转不办了",
    "draft_expired": "医生没有写完，这张作废",
}


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

    @property
    def consented(self) -> bool:
        """Say whether the consent stands for what is there now."""
        return (
            self.consent is not None
            and self.consent.status == ConsentStatus.GIVEN
            and self.consent.covers_hash == self.referral.content_hash
        )

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
    )
