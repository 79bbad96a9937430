"""Whom the words about a referral are said to: patient, family or staff. Chosen here, nowhere else."""

from dataclasses import dataclass
from enum import StrEnum

from backend.kernel.roles import Actor
from backend.referrals.offers import actions_of
from backend.referrals.sight import masked, may_name, patient_of
from backend.referrals.signers import right_of
from backend.referrals.states import SignatureStatus
from backend.referrals.tracks import Tracks


class Listener(StrEnum):
    """How somebody stands to a referral when its progress is told to them."""

    PATIENT = "patient"
    FAMILY = "family"
    TREATING = "treating"  # wrote the referral
    RECEIVING = "receiving"  # of the house it goes to
    STAFF = "staff"  # signers, the village doctor, anybody else who looks after


@dataclass(frozen=True, slots=True)
class Voice:
    """How one listener is spoken to."""

    listener: Listener
    patient: str  # 您 | 您家人 | 患者 王桂兰 | 患者（女 68 岁）
    actions: frozenset[str] = frozenset()
    signs: bool = False  # the open signature is theirs to give

    @property
    def home(self) -> bool:
        """Say whether the patient's own side listens."""
        return self.listener in (Listener.PATIENT, Listener.FAMILY)

    @property
    def treats(self) -> bool:
        """Say whether the doctor who wrote it listens."""
        return self.listener is Listener.TREATING

    def says(self, home: str, staff: str, *, treating: str | None = None, receiving: str | None = None) -> str:
        """Return the sentence meant for this listener; a doctor's own part, where there is one, before the others'."""
        if self.home:
            return home
        if self.treats and treating is not None:
            return treating
        if self.listener is Listener.RECEIVING and receiving is not None:
            return receiving
        return staff

    def end_text(self, reason: str | None) -> str:
        """Return why a referral ended, said to this listener."""
        home, staff = _END_TEXT.get(reason or "", ("这次不转了", "这次不转了"))
        return home if self.listener is Listener.PATIENT else self.says(home.replace("您", self.patient, 1), staff)


_END_TEXT = {
    "own_wish": ("自己要求转诊，这里不开证明；您可以自己去看", "患者自己要求转诊，没有开证明"),
    "consent_declined": ("您说不转了", "患者说不转了"),
    "patient": ("您改了主意，不转了", "患者改了主意，不转了"),
    "doctor": ("医生收回了这次转诊", "医生收回了这次转诊"),
    "no_hospital": ("没有医院能收，医生在这里接着治", "没有医院能收，在这里接着治"),
    "died": ("人走了，转诊到这里为止", "患者已去世，转诊到此为止"),
    "expired": ("证明过期了", "证明过期了，患者没有去"),
    "expired_outside": ("证明过期了；真去过的，告诉医生补记", "证明过期了，还不知道患者去了没有"),
    "discharged": ("已经出院了，这次下转不办了", "已经出院了，这次下转不办了"),
    "draft_expired": ("医生没有写完，这张作废", "没有写完，这张作废"),
}
"""Why it ended: said to the patient's side, and to staff."""


def voice_of(t: Tracks, actor: Actor) -> Voice:
    """Return how this actor is spoken to. Whose record it is decides, not the role: a doctor may be the patient."""
    actions = frozenset(actions_of(t, actor))
    if actor.subject_id == t.referral.resident_id:
        own = actor.resident_id == t.referral.resident_id
        return Voice(Listener.PATIENT, "您", actions) if own else Voice(Listener.FAMILY, "您家人", actions)
    patient = f"患者 {patient_of(t.referral).name}" if may_name(t, actor) else f"患者（{masked(t.referral)}）"
    step = next((one for one in t.steps if one.status == SignatureStatus.OPEN), None)
    signs = step is not None and right_of(actor, step) is not None
    return Voice(_standing(t, actor), patient, actions, signs)


def _standing(t: Tracks, actor: Actor) -> Listener:
    if actor.practitioner_id is not None and actor.practitioner_id == t.referral.practitioner_id:
        return Listener.TREATING
    return Listener.RECEIVING if actor.institution == t.referral.to_institution else Listener.STAFF
