"""Written authorities: registered by a doctor who saw the paper, looked up when somebody signs by one, and ended."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update

from backend.alliance.queries import pack
from backend.kernel.clock import age_on, local_day
from backend.kernel.errors import Conflict, Forbidden, Invalid
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.people.authority_rules import AUTHORITY_RULES, AuthorityFacts
from backend.people.events import ResidentDied
from backend.people.identity import IdentityRefused, half_width, read_identity_number
from backend.people.kinship import guardians_of
from backend.people.models import RelatedPerson, Resident
from backend.people.models_authority import WrittenAuthority
from backend.people.names import same_person
from backend.people.queries import resident_needs_guardian
from backend.store import access, audit, clock, photo
from backend.store.db import session
from backend.store.vault import vault

ADULT = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What the paper says, and how it was checked."""

    holder_name: str
    relation: str
    holder_paper: str
    holder_number: str
    papers_seen: bool
    matter: str
    focus_id: UUID | None
    until_on: date
    giver_name: str = ""
    giver_relation: str = ""
    related_id: UUID | None = None
    photo: str | None = None
    witness: str = ""


def register(actor: Actor, resident: Resident, paper: Paper) -> WrittenAuthority:
    """Write a paper down; the caller has authorised. Raises RuleBroken with all that it lacks, Invalid for a number."""
    if actor.practitioner_id is None or actor.institution is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    if resident.died_on is not None:
        raise Conflict("not_alive", "这位居民已经去世，委托不能再登记。")
    today = _today()
    number, born = _number(paper, today)
    require(AUTHORITY_RULES, _facts(actor, resident, paper, born), pack(actor.county_id).source)
    row = WrittenAuthority(
        county_id=actor.county_id,
        resident_id=resident.id,
        matter=paper.matter,
        focus_id=paper.focus_id,
        given_by="guardian" if resident_needs_guardian(resident, today) else "self",
        giver_name=paper.giver_name,
        giver_relation=paper.giver_relation,
        holder_name=paper.holder_name,
        relation=paper.relation,
        holder_paper=paper.holder_paper,
        related_id=paper.related_id,
        from_on=today,
        until_on=paper.until_on,
        witness=paper.witness,
        practitioner_id=actor.practitioner_id,
        institution=actor.institution,
    )
    vault().seal(row, "holder_number", number)
    if paper.photo is not None:
        row.paper_file_id = photo.keep(actor.county_id, resident.id, paper.photo, "委托书.jpg")
    session().add(row)
    session().flush()
    detail: dict[str, object] = {"matter": row.matter, "until": row.until_on.isoformat(), "given_by": row.given_by}
    _write_down(actor, row, "authority.register", None, "holds", detail)
    return row


def end(actor: Actor, authority_id: UUID, witness: str) -> WrittenAuthority:
    """Take an authority back at the person's word: on their own phone, or heard by staff before a witness.

    Raises Conflict for one that is over, Invalid without a witness where staff heard it.
    """
    row = access.authorize(WrittenAuthority, authority_id, actor, "authority.end", lock=True)
    if row.ended_at is not None:
        raise Conflict("authority_over", "这份委托已经收回了，请刷新。")
    by_staff = not actor.is_kin(row.resident_id)
    if by_staff and (not witness or same_person(witness, actor.name)):
        raise Invalid("witness_missing", "替本人收回，要写上另一位听见的人。")
    row.ended_at, row.end_reason = clock.now(), "patient"
    row.ended_by, row.end_witness = actor.account_id, witness
    session().flush()
    _write_down(actor, row, "authority.end", "holds", "ended", {"by_staff": by_staff})
    return row


def on_died(event: ResidentDied) -> None:
    """Nobody signs for the dead: what was registered ends, in the same transaction (Civil Code art. 173)."""
    session().execute(
        update(WrittenAuthority)
        .where(
            WrittenAuthority.county_id == event.county_id,
            WrittenAuthority.resident_id == event.resident_id,
            WrittenAuthority.ended_at.is_(None),
        )
        .values(ended_at=clock.sql_now(), end_reason="died")
    )


def holding(resident: Resident, matter: str, focus_id: UUID | None) -> list[WrittenAuthority]:
    """Return every authority by which somebody may sign today for this person in this matter."""
    return list(session().scalars(select(WrittenAuthority).where(_holds(resident, matter, focus_id))))


def find(resident: Resident, authority_id: UUID, matter: str, focus_id: UUID | None) -> WrittenAuthority | None:
    """Return the authority if it holds today for this person in this matter, else None."""
    found = select(WrittenAuthority).where(_holds(resident, matter, focus_id), WrittenAuthority.id == authority_id)
    return session().scalar(found)


def of_account(
    resident: Resident, account_id: UUID | None, matter: str, focus_id: UUID | None = None
) -> WrittenAuthority | None:
    """Return the authority by which an account may sign today for this person in this matter, or None."""
    tie = and_(
        RelatedPerson.county_id == WrittenAuthority.county_id,
        RelatedPerson.id == WrittenAuthority.related_id,
        RelatedPerson.resident_id == WrittenAuthority.resident_id,
        RelatedPerson.account_id == account_id,
        RelatedPerson.revoked_at.is_(None),
    )
    query = select(WrittenAuthority).join(RelatedPerson, tie).where(_holds(resident, matter, focus_id))
    return session().scalar(query.order_by(WrittenAuthority.id.desc()).limit(1))


def state_of(row: WrittenAuthority, resident: Resident) -> str:
    """Return how an authority stands today: holds, ended, expired, or overtaken by the person's coming of age."""
    today = _today()
    if row.ended_at is not None:
        return "ended"
    if today > row.until_on:
        return "expired"
    return "holds" if row.given_by == _giver(resident, today) else "overtaken"


def _holds(resident: Resident, matter: str, focus_id: UUID | None) -> ColumnElement[bool]:
    today = _today()
    focus = WrittenAuthority.focus_id.is_(None)
    return and_(
        WrittenAuthority.county_id == resident.county_id,
        WrittenAuthority.resident_id == resident.id,
        WrittenAuthority.matter == matter,
        focus if focus_id is None else or_(focus, WrittenAuthority.focus_id == focus_id),
        WrittenAuthority.ended_at.is_(None),
        WrittenAuthority.from_on <= today,
        WrittenAuthority.until_on >= today,
        # What a guardian gave ends on the day the child is grown up; what an adult gave, when a court names a guardian.
        WrittenAuthority.given_by == _giver(resident, today),
    )


def _giver(resident: Resident, day: date) -> str:
    return "guardian" if resident_needs_guardian(resident, day) else "self"


def _facts(actor: Actor, resident: Resident, paper: Paper, born: date | None) -> AuthorityFacts:
    today = _today()
    guardian = resident_needs_guardian(resident, today)
    givers = guardians_of(grown_up=age_on(resident.birth_on, today) >= ADULT) if guardian else ()
    parties = (paper.holder_name, paper.giver_name if guardian else resident.name)
    return AuthorityFacts(
        patient=resident.name,
        papers_seen=paper.papers_seen and bool(paper.holder_number),
        grown_up=born is None or age_on(born, today) >= ADULT,
        proof=paper.photo is not None or bool(paper.witness),
        days=(paper.until_on - today).days,
        most_days=pack(actor.county_id).referral.limits.authority_days,
        by_guardian=guardian,
        giver_named=bool(paper.giver_name) and paper.giver_relation in givers,
        givers=givers,
        holder_gives=same_person(paper.holder_name, resident.name, paper.giver_name),
        registrar_is_party=actor.is_kin(resident.id) or same_person(actor.name, *parties),
        witness_is_party=bool(paper.witness) and same_person(paper.witness, *parties, actor.name),
        other_account=paper.related_id is not None and not _tied(resident, paper),
    )


def _tied(resident: Resident, paper: Paper) -> bool:
    row = session().scalar(
        select(RelatedPerson).where(
            RelatedPerson.county_id == resident.county_id,
            RelatedPerson.resident_id == resident.id,
            RelatedPerson.id == paper.related_id,
            RelatedPerson.kind == "proxy",
            RelatedPerson.revoked_at.is_(None),
        )
    )
    return row is not None and same_person(row.name, paper.holder_name)


def _number(paper: Paper, day: date) -> tuple[str | None, date | None]:
    if paper.holder_paper != "id_card" or not paper.holder_number:
        return half_width(paper.holder_number) or None, None
    try:
        read = read_identity_number(paper.holder_number, day)
    except IdentityRefused as reason:
        raise Invalid("id_number", str(reason)) from reason
    return read.number, read.birth_on


def _write_down(
    actor: Actor, row: WrittenAuthority, action: str, before: str | None, after: str, detail: dict[str, object]
) -> None:
    audit.record(
        session(),
        actor,
        action,
        "written_authority",
        row.id,
        resident_id=row.resident_id,
        before=before,
        after=after,
        detail=detail,
    )


def _today() -> date:
    return local_day(clock.now())
