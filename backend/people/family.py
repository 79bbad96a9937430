"""Who may act for a resident: listed, and ended. What is ended is gone with the next request."""

from uuid import UUID

from sqlalchemy import select

from backend.kernel.errors import Forbidden, NotFound
from backend.kernel.roles import Actor, Role
from backend.people.models import RelatedPerson, Resident
from backend.people.schemas import RelatedRow
from backend.store import access, audit, clock
from backend.store.db import session


def subject(actor: Actor, action: str) -> Resident:
    """Return the resident whose affairs the request is about. Raises NotFound before a record is claimed."""
    if actor.subject_id is None:
        raise NotFound("no_record", "您还没有连上健康档案，请先到“找到我的档案”。")
    return access.authorize(Resident, actor.subject_id, actor, action)


def rows_of(actor: Actor, resident: Resident) -> list[RelatedRow]:
    """Return everybody who may act for a resident now."""
    rows = session().scalars(
        select(RelatedPerson)
        .where(
            RelatedPerson.county_id == actor.county_id,
            RelatedPerson.resident_id == resident.id,
            RelatedPerson.revoked_at.is_(None),
        )
        .order_by(RelatedPerson.id)
    )
    return [
        RelatedRow.model_validate(
            {
                "id": row.id,
                "resident_id": row.resident_id,
                "kind": row.kind,
                "name": row.name,
                "relation": row.relation,
                "since": row.created_at,
                "verified": row.verified_by is not None,
                "actions": ["revoke"] if _may_revoke(actor, row) else [],
            }
        )
        for row in rows
    ]


def revoke(actor: Actor, related_id: UUID) -> None:
    """End somebody's right to act. Raises NotFound for another's family, Forbidden for a guardian's by the ward."""
    row = access.authorize(RelatedPerson, related_id, actor, "related_person.revoke", lock=True)
    if row.revoked_at is not None:
        raise NotFound("not_found", "这一位已经不能代办了，请刷新。")
    if not _may_revoke(actor, row):
        raise Forbidden("staff_only", "监护人由村医或卫生院当面登记和更改，请带证明去办。")
    row.revoked_at = clock.now()
    audit.record(
        session(),
        actor,
        "related_person.revoke",
        "related_person",
        row.id,
        resident_id=row.resident_id,
        before="live",
        after="revoked",
        detail={"kind": row.kind},
    )


def _may_revoke(actor: Actor, row: RelatedPerson) -> bool:
    if row.account_id == actor.account_id or row.kind == "proxy":
        return True
    return actor.has(Role.VILLAGE_DOCTOR, Role.FAMILY_DOCTOR, Role.TEAM_NURSE, Role.WARD_DOCTOR, Role.DESK_CLERK)
