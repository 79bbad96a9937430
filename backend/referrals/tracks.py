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
