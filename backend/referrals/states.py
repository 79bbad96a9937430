"""A referral and its tracks: the hospital's answer, the patient's consent, the signatures. MS-4.2.2, XM-5.4a.

Consent, answer and signatures run side by side; each has its own small table here, and the certificate exists when
all three say yes. The referral's own status says only how far the journey is.
"""

from enum import StrEnum

from backend.kernel.roles import Role
from backend.kernel.states import Transitions, move

DOCTORS = (Role.FAMILY_DOCTOR, Role.SPECIALIST, Role.WARD_DOCTOR)
"""Who may treat, propose and sign first. A village doctor hands over by slip instead."""

SIGNERS = (*DOCTORS, Role.DEPARTMENT_HEAD, Role.INSURANCE_AGENCY, Role.MEDICAL_OFFICE, Role.DESK_CLERK)
HELPERS = (*DOCTORS, Role.VILLAGE_DOCTOR, Role.TEAM_NURSE)
HEARERS = (*HELPERS, Role.DESK_CLERK, Role.MEDICAL_OFFICE)
"""Who writes down that a patient without a phone changed their mind."""

HOSPITAL = (Role.DESK_CLERK, Role.MEDICAL_OFFICE, Role.SPECIALIST, Role.WARD_DOCTOR, Role.DEPARTMENT_HEAD)
TOWNSHIP = (Role.FAMILY_DOCTOR, Role.TEAM_NURSE)
"""Who answers and receives when someone is sent down."""
COMERS = (*HOSPITAL, *TOWNSHIP, Role.VILLAGE_DOCTOR)
"""Who writes an arrival: the house where somebody came, or, of a hospital without a desk here, whoever is told."""


class ReferralStatus(StrEnum):
    """How far the journey is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"  # consent, answer and signatures are under way
    RETURNED = "returned"  # a signer sent it back to the treating doctor
    ISSUED = "issued"  # the certificate exists
    ARRIVED = "arrived"
    CLOSED = "closed"  # seen there, the result came back
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"  # own wish alone, or no hospital took it
    EXPIRED = "expired"


LIVE = (ReferralStatus.SUBMITTED, ReferralStatus.RETURNED, ReferralStatus.ISSUED)
"""Under way: a place may be booked and is kept."""

RUNNING = (*LIVE, ReferralStatus.ARRIVED)
"""Somebody is responsible for it: its doctor, or whoever goes on with it."""

ASKING = (*LIVE, ReferralStatus.ARRIVED)
"""A hospital's answer still counts: who came before it is taken in, and the paper follows."""

PAPERLESS = (ReferralStatus.SUBMITTED, ReferralStatus.ARRIVED, ReferralStatus.CLOSED)
"""The certificate may still come: of whoever went before it, also after they are home again."""

ENDED = (ReferralStatus.WITHDRAWN, ReferralStatus.REFUSED, ReferralStatus.EXPIRED)


class ReferralAction(StrEnum):
    """What may be done with a referral."""

    SUBMIT = "submit"
    EDIT = "edit"
    RETURN = "return"
    ISSUE = "issue"
    ARRIVE = "arrive"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REFUSE = "refuse"
    EXPIRE = "expire"
    REOPEN = "reopen"
    NOT_COME = "not_come"
    NOT_COME_UNISSUED = "not_come_unissued"


_R, _D = ReferralStatus, ReferralAction
_WITHDRAWERS = (Role.RESIDENT, Role.SYSTEM, *HEARERS)

REFERRALS = Transitions(
    "referral",
    start=(_R.DRAFT,),
    moves={
        (_R.DRAFT, _D.EDIT): move(_R.DRAFT, *DOCTORS),
        (_R.DRAFT, _D.SUBMIT): move(_R.SUBMITTED, *DOCTORS),
        (_R.DRAFT, _D.REFUSE): move(_R.REFUSED, *DOCTORS),
        (_R.DRAFT, _D.WITHDRAW): move(_R.WITHDRAWN, *_WITHDRAWERS),
        (_R.DRAFT, _D.EXPIRE): move(_R.EXPIRED, Role.SYSTEM),
        (_R.RETURNED, _D.EDIT): move(_R.RETURNED, *DOCTORS),
        (_R.RETURNED, _D.SUBMIT): move(_R.SUBMITTED, *DOCTORS),
        (_R.RETURNED, _D.REFUSE): move(_R.REFUSED, *DOCTORS),
        (_R.RETURNED, _D.WITHDRAW): move(_R.WITHDRAWN, *_WITHDRAWERS),
        (_R.SUBMITTED, _D.EDIT): move(_R.SUBMITTED, *DOCTORS),
        (_R.SUBMITTED, _D.RETURN): move(_R.RETURNED, *SIGNERS),
        (_R.SUBMITTED, _D.ISSUE): move(_R.ISSUED, Role.SYSTEM),
        (_R.SUBMITTED, _D.REFUSE): move(_R.REFUSED, *DOCTORS),
        (_R.SUBMITTED, _D.WITHDRAW): move(_R.WITHDRAWN, *_WITHDRAWERS),
        # Never bar the door: whoever comes before the paper is taken in, and the paper follows.
        (_R.SUBMITTED, _D.ARRIVE): move(_R.ARRIVED, *COMERS),
        (_R.RETURNED, _D.ARRIVE): move(_R.ARRIVED, *COMERS),
        (_R.ARRIVED, _D.ISSUE): move(_R.ARRIVED, Role.SYSTEM),
        # Whoever came home before the last signature was made up: the paper still counts for the bill.
        (_R.CLOSED, _D.ISSUE): move(_R.CLOSED, Role.SYSTEM),
        (_R.ARRIVED, _D.EDIT): move(_R.ARRIVED, *DOCTORS),
        (_R.ARRIVED, _D.RETURN): move(_R.ARRIVED, *SIGNERS),
        (_R.ARRIVED, _D.SUBMIT): move(_R.ARRIVED, *DOCTORS),
        (_R.ISSUED, _D.EDIT): move(_R.ISSUED, *DOCTORS),
        (_R.ISSUED, _D.ARRIVE): move(_R.ARRIVED, *COMERS),
        (_R.ISSUED, _D.WITHDRAW): move(_R.WITHDRAWN, *_WITHDRAWERS),
        (_R.ISSUED, _D.EXPIRE): move(_R.EXPIRED, Role.SYSTEM),
        # On a certificate that still holds: another visit, and another result to come back.
        (_R.ARRIVED, _D.ARRIVE): move(_R.ARRIVED, *COMERS),
        (_R.CLOSED, _D.ARRIVE): move(_R.ARRIVED, *COMERS),
        # Only of a hospital outside: nobody there said that they had come, and it is told afterwards.
        (_R.EXPIRED, _D.ARRIVE): move(_R.ARRIVED, *COMERS),
        # Only of a hospital outside: what was told of it is struck, for it was typed wrongly.
        (_R.CLOSED, _D.REOPEN): move(_R.ARRIVED, *DOCTORS),
        (_R.ARRIVED, _D.NOT_COME): move(_R.ISSUED, *DOCTORS),
        (_R.ARRIVED, _D.NOT_COME_UNISSUED): move(_R.SUBMITTED, *DOCTORS),
        (_R.ARRIVED, _D.CLOSE): move(_R.CLOSED, Role.SYSTEM, *DOCTORS, *COMERS),
    },
)


class IncomingStatus(StrEnum):
    """A paper from above: written down and asked about, or taken over by a named doctor."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"


class IncomingAction(StrEnum):
    """What may be done with a paper from above."""

    ACCEPT = "accept"


INCOMING = Transitions(
    "incoming_transfer",
    start=(IncomingStatus.REGISTERED,),
    moves={
        (IncomingStatus.REGISTERED, IncomingAction.ACCEPT): move(
            IncomingStatus.ACCEPTED, Role.FAMILY_DOCTOR, Role.WARD_DOCTOR, Role.SPECIALIST
        )
    },
)


class ConsentStatus(StrEnum):
    """The patient's track. A consent covers what was explained and nothing else."""

    ASKED = "asked"
    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"  # what it covered was changed; a new one is asked


class ConsentAction(StrEnum):
    """What may be done with a consent."""

    GIVE = "give"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    OVERTAKE = "overtake"


_C, _E = ConsentStatus, ConsentAction

CONSENTS = Transitions(
    "referral_consent",
    start=(_C.ASKED,),
    moves={
        (_C.ASKED, _E.GIVE): move(_C.GIVEN, Role.RESIDENT, *HELPERS),
        (_C.ASKED, _E.DECLINE): move(_C.DECLINED, Role.RESIDENT, *HELPERS),
        (_C.ASKED, _E.WITHDRAW): move(_C.WITHDRAWN, *_WITHDRAWERS),
        (_C.ASKED, _E.OVERTAKE): move(_C.OVERTAKEN, *DOCTORS, Role.SYSTEM),
        (_C.GIVEN, _E.WITHDRAW): move(_C.WITHDRAWN, *_WITHDRAWERS),
        (_C.GIVEN, _E.OVERTAKE): move(_C.OVERTAKEN, *DOCTORS, Role.SYSTEM),
    },
)


class AnswerStatus(StrEnum):
    """The receiving hospital's track."""

    ASKED = "asked"
    PASSED_ON = "passed_on"  # the clerk gave it to the department or the medical office
    ANNOUNCED = "announced"  # an emergency: told, not asked
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"  # another place is asked, or the referral ended
    DISOWNED = "disowned"  # written down in a doctor's name who says that it was not so; asked again


QUESTIONS = (AnswerStatus.ASKED, AnswerStatus.PASSED_ON)
"""Somebody there has still to say yes or no."""


class AnswerAction(StrEnum):
    """What may be done with a question to a hospital."""

    PASS_ON = "pass_on"  # noqa: S105  to another desk, no password
    ASSIGN = "assign"  # to a department, where nobody below had named one
    ACCEPT = "accept"
    DECLINE = "decline"
    OVERTAKE = "overtake"
    DISOWN = "disown"


_N, _W = AnswerStatus, AnswerAction
DECIDERS = (Role.SPECIALIST, Role.WARD_DOCTOR, Role.DEPARTMENT_HEAD, Role.MEDICAL_OFFICE, Role.FAMILY_DOCTOR)
"""A clerk accepts or passes on, and never declines (MS-4.1a: nobody is pushed away)."""

ANSWERS = Transitions(
    "referral_answer",
    start=(_N.ASKED, _N.ANNOUNCED),
    moves={
        (_N.ASKED, _W.PASS_ON): move(_N.PASSED_ON, Role.DESK_CLERK, Role.MEDICAL_OFFICE, *TOWNSHIP),
        (_N.ASKED, _W.ASSIGN): move(_N.PASSED_ON, Role.DESK_CLERK, Role.MEDICAL_OFFICE),
        (_N.PASSED_ON, _W.ASSIGN): move(_N.PASSED_ON, Role.DESK_CLERK, Role.MEDICAL_OFFICE),
        # By itself: what was promised when the patient was sent down needs nobody's yes again.
        (_N.ASKED, _W.ACCEPT): move(_N.ACCEPTED, *HOSPITAL, *TOWNSHIP, Role.SYSTEM),
        (_N.ASKED, _W.DECLINE): move(_N.DECLINED, *DECIDERS),
        (_N.ASKED, _W.OVERTAKE): move(_N.OVERTAKEN, *DOCTORS, *_WITHDRAWERS),
        (_N.PASSED_ON, _W.ACCEPT): move(_N.ACCEPTED, *HOSPITAL, *TOWNSHIP),
        (_N.PASSED_ON, _W.DECLINE): move(_N.DECLINED, *DECIDERS),
        (_N.PASSED_ON, _W.OVERTAKE): move(_N.OVERTAKEN, *DOCTORS, *_WITHDRAWERS),
        (_N.ANNOUNCED, _W.ACCEPT): move(_N.ACCEPTED, *HOSPITAL, *TOWNSHIP),
        (_N.ANNOUNCED, _W.OVERTAKE): move(_N.OVERTAKEN, *DOCTORS, *_WITHDRAWERS),
        (_N.ACCEPTED, _W.OVERTAKE): move(_N.OVERTAKEN, *DOCTORS, *_WITHDRAWERS),
        (_N.ACCEPTED, _W.DISOWN): move(_N.DISOWNED, *DECIDERS),
        (_N.DECLINED, _W.DISOWN): move(_N.DISOWNED, *DECIDERS),
    },
)


class SignatureStatus(StrEnum):
    """One step of the chain."""

    WAITING = "waiting"  # an earlier step is not signed yet
    OPEN = "open"
    SIGNED = "signed"
    COVERED = "covered"  # by the same person's signature of the step before, where a small house may
    RETURNED = "returned"
    VOID = "void"  # what it signed was changed, or the round was given up


class SignatureAction(StrEnum):
    """What may be done with a step."""

    OPEN = "open"
    SIGN = "sign"
    COVER = "cover"
    RETURN = "return"
    VOID = "void"


GIVEN = (SignatureStatus.SIGNED, SignatureStatus.COVERED)
"""The step is done: signed for itself, or by the one signature that counts for two."""

_G, _H = SignatureStatus, SignatureAction
_ANYBODY = (Role.SYSTEM, Role.RESIDENT, *SIGNERS, *HELPERS)

SIGNATURES = Transitions(
    "referral_signature",
    start=(_G.WAITING,),
    moves={
        (_G.WAITING, _H.OPEN): move(_G.OPEN, Role.SYSTEM),
        (_G.OPEN, _H.SIGN): move(_G.SIGNED, *SIGNERS),
        (_G.OPEN, _H.RETURN): move(_G.RETURNED, *SIGNERS),
        (_G.WAITING, _H.COVER): move(_G.COVERED, *SIGNERS),
        (_G.WAITING, _H.VOID): move(_G.VOID, *_ANYBODY),
        (_G.OPEN, _H.VOID): move(_G.VOID, *_ANYBODY),
        (_G.SIGNED, _H.VOID): move(_G.VOID, *_ANYBODY),
        (_G.COVERED, _H.VOID): move(_G.VOID, *_ANYBODY),
    },
)
