"""One object of every kind about the world's patient, written as rows: each column says whose it is, and no more."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.chat.models import Conversation, Message
from backend.contracts.models import AreaAssignment, Contract, ServicePoint
from backend.kernel.clock import local_day
from backend.oversight.models_audit import ReferralAudit
from backend.people.models_authority import WrittenAuthority
from backend.records.models import Stay, VillageHandoff, Visit
from backend.referrals.content import content_of
from backend.referrals.models import Referral, ReferralAnswer, ReferralConsent, ReferralSignature
from backend.referrals.models_along import ReferralAttachment
from backend.referrals.models_certificate import Arrival
from backend.referrals.models_direct import DirectVisit
from backend.referrals.models_incoming import IncomingTransfer
from backend.referrals.states import SIGNERS
from backend.store import clock, files
from tests.integration.permissions import rows_care
from tests.integration.permissions.making import WARD, WORDS, Named, own, put


def write(current: Session, world: Any) -> dict[str, UUID]:
    """Write every object and return its id by the name of the hole that it fills in an address."""
    made: dict[str, UUID] = {"resident_id": world.resident_id}
    for part in (_referrals, _contracts, _records, *rows_care.PARTS):
        for name, row in part(current, world, made):
            made[name] = row if isinstance(row, UUID) else row.id
    current.flush()
    return made


def referral(current: Session, world: Any, *, sent: bool = True, to: str | None = None, **values: Any) -> Referral:
    """A referral of the world's patient by its own doctor, from `house` to the receiver."""
    now = clock.now(current)
    row = Referral(
        county_id=world.county, direction="up", category="outpatient", status="submitted" if sent else "draft",
        resident_id=world.resident_id, practitioner_id=own(world), from_institution=world.sites.house,
        to_institution=to or world.receiver, to_department="cardiology", diagnosis_text="高血压 3 级",
        diagnosis_code="I10", indication="undiagnosed", pack_version="2026.1", submitted_at=now if sent else None,
        offered=[], records=[],
        round=1, emergency=False, own_wish=False, choice_by_patient=True, no_records=True,
    )  # fmt: skip
    for name, value in values.items():
        setattr(row, name, value)
    row.content_hash = content_of(row).digest if sent else None
    return put(current, row, summary=WORDS[world.county])


def _source(county: str) -> str:
    return pack(county).referral.chains[0].source


def _office(institution: str) -> list[dict[str, str | None]]:
    dates = {"from_day": "2020-01-01", "until": "2020-12-31", "document": "委托书"}
    return [{"institution": institution, "department": None, "role": "desk_clerk"} | dates]


def _referrals(current: Session, world: Any, made: dict[str, UUID]) -> Named:
    now = clock.now(current)
    one = referral(current, world)
    yield "referral_id", one
    yield "referral_id:draft", referral(current, world, sent=False, to="insurance-agency")
    current.add(
        ReferralConsent(
            county_id=world.county, referral_id=one.id, resident_id=world.resident_id, status="asked",
            covers_hash=one.content_hash, text_code="consent-up", text_version="2026-1", text_hash="t",
            explained_by=own(world),
        )
    )  # fmt: skip
    current.add(
        ReferralAnswer(
            county_id=world.county, referral_id=one.id, institution=one.to_institution, department="cardiology",
            due_at=now + timedelta(hours=1),
        )
    )  # fmt: skip
    yield "spoken_answer_id:said", _spoken(current, world)
    yield "signature_id", put(
        current,
        ReferralSignature(
            county_id=world.county, referral_id=one.id, resident_id=world.resident_id, round=1, step_order=2,
            code="head", title="科主任", act="sign", roles=[str(role) for role in SIGNERS],
            institution=world.sites.house, stand_ins=[], offices=_office(one.to_institution),
            office="township", limit_minutes=60, late_working_days=0, source=_source(world.county), status="open",
            opened_at=now, due_at=now + timedelta(hours=1),
        ),
    )  # fmt: skip
    yield "audit_id", put(
        current,
        ReferralAudit(
            county_id=world.county, resident_id=world.resident_id, referral_id=one.id, month=date(2020, 3, 1),
            institution=world.sites.house, to_institution=world.receiver, practitioner_id=own(world), status="drawn",
        ),
    )  # fmt: skip
    yield "incoming_id", put(
        current,
        IncomingTransfer(
            county_id=world.county, resident_id=world.resident_id, from_name="省医院", discharged_on=local_day(now),
            category="home", diagnosis_text="高血压", parts=[], drugs=[], institution=world.sites.house,
            registered_by=own(world), to_institution=world.receiver,
        ),
        watch=WORDS[world.county],
    )  # fmt: skip
    today = local_day(now)
    sheet = files.put(
        current, world.county, name="委托书.jpg", media_type="image/jpeg", content=WORDS[world.county].encode(),
        resident_id=world.resident_id,
    )  # fmt: skip
    current.flush()
    yield "authority_id", put(
        current,
        WrittenAuthority(
            county_id=world.county, resident_id=world.resident_id, matter="contract", given_by="guardian",
            giver_name="甲", giver_relation="母亲", holder_name="乙", relation="姨", holder_paper="other",
            from_on=today, until_on=today, paper_file_id=sheet.id, practitioner_id=own(world),
            institution=world.sites.house,
        ),
    )  # fmt: skip
    yield "direct_visit_id", put(
        current,
        DirectVisit(
            county_id=world.county, resident_id=world.resident_id, number=f"Z{world.county}", hospital="省医院",
            level="province", kind="visit", went_on=local_day(now), reason="trust", told_how="desk", late=False,
            registered_on=local_day(now), registered_by=own(world), institution=world.sites.house,
        ),
    )  # fmt: skip
    yield "attachment_id", _along(current, world)
    yield "arrival_id", put(
        current,
        Arrival(
            county_id=world.county, resident_id=world.resident_id, institution=world.sites.house,
            category="outpatient", came_as="not_referred", registered_by=own(world),
        ),
    )  # fmt: skip


def _spoken(current: Session, world: Any) -> ReferralAnswer:
    """An answer by telephone in the world's own doctor's name, about somebody who has come."""
    about = referral(current, world, status="arrived", arrived_at=clock.now(current))
    row: ReferralAnswer = put(
        current,
        ReferralAnswer(
            county_id=world.county, referral_id=about.id, institution=about.to_institution, department="cardiology",
            due_at=clock.now(current), status="accepted", answered_by=own(world), answered_at=clock.now(current),
            written_by=world.people["receiver"].practitioner_id, contact="甲医生",
        ),
    )  # fmt: skip
    return row


def _along(current: Session, world: Any) -> ReferralAttachment:
    """A picture that went along with somebody who has come."""
    about = referral(current, world, status="arrived", arrived_at=clock.now(current))
    sheet = files.put(
        current, world.county, name="心电图.jpg", media_type="image/jpeg", content=WORDS[world.county].encode(),
        resident_id=world.resident_id,
    )  # fmt: skip
    current.flush()
    row: ReferralAttachment = put(
        current,
        ReferralAttachment(
            county_id=world.county, referral_id=about.id, resident_id=world.resident_id, practitioner_id=own(world),
            institution=about.from_institution, kind="ecg", file_id=sheet.id,
        ),
        words=WORDS[world.county],
    )  # fmt: skip
    return row


def _contracts(current: Session, world: Any, made: dict[str, UUID]) -> Named:
    account = world.people["self"].person.account_id
    today = local_day(clock.now(current))
    sheet = files.put(
        current, world.county, name="签名.png", media_type="image/png", content=WORDS[world.county].encode(),
        resident_id=world.resident_id,
    )  # fmt: skip
    current.flush()
    money = {"total_fen": 100, "fund_fen": 100, "public_health_fen": 0, "resident_fen": 0}
    yield "contract_id", put(
        current,
        Contract(
            county_id=world.county, resident_id=world.resident_id, team_id=world.team_id,
            institution=world.sites.house, village=world.sites.home, kind="individual", status="active",
            package_code="basic", package_version="2026.1", pack_version="2026.1", from_on=today,
            until_on=today + timedelta(days=365), signed_how="self", signed_by=account, signature_file=sheet.id,
            **money,
        ),
    )  # fmt: skip
    talk = put(
        current,
        Conversation(
            county_id=world.county, resident_id=world.resident_id, team_id=world.team_id, last_seq=1,
            last_at=clock.now(current), waiting_since=clock.now(current), waiting_seq=1,
        ),
    )  # fmt: skip
    put(
        current,
        Message(
            county_id=world.county, conversation_id=talk.id, resident_id=world.resident_id, seq=1,
            client_message_id=uuid4(), side="resident", account_id=account, author_name=world.name, author_part="本人",
            flags=[],
        ),
        text=WORDS[world.county],
    )  # fmt: skip
    yield "conversation_id", talk
    current.add(
        ServicePoint(
            county_id=world.county, practitioner_id=own(world), institution=world.sites.house, service="home_visit",
            points=5, focus_kind="visit", focus_id=uuid4(), done_on=today,
        )
    )  # fmt: skip
    current.add(
        AreaAssignment(
            county_id=world.county, practitioner_id=own(world), institution=world.sites.house,
            village=f"v-{uuid4().hex[:12]}", from_on=today,
        )
    )  # fmt: skip


def _records(current: Session, world: Any, made: dict[str, UUID]) -> Named:
    base = {"county_id": world.county, "resident_id": world.resident_id}
    yield "visit_id", put(
        current,
        Visit(
            **base, institution=world.sites.house, department=WARD, practitioner_id=own(world), kind="first_visit",
            status="open",
        ),
        complaint=WORDS[world.county],
    )  # fmt: skip
    yield "handoff_id", put(
        current,
        VillageHandoff(
            **base, practitioner_id=own(world), institution=world.sites.house, to_institution=world.receiver,
            status="sent", travel="bus",
        ),
        complaint=WORDS[world.county],
    )  # fmt: skip
    yield "stay_id", put(
        current,
        Stay(
            **base, institution=world.sites.house, department=WARD, practitioner_id=own(world), bed="7",
            status="admitted", came_as="not_referred", diagnosis_text="高血压",
        ),
        course=WORDS[world.county],
    )  # fmt: skip
