"""One `authorize()` and one scoped query: the list is the filter, so they cannot differ."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from backend.kernel.errors import Forbidden, NotFound
from backend.kernel.permissions import Permissions, Relation
from backend.kernel.roles import Actor
from backend.store import audit
from backend.store.base import Base
from backend.store.db import session

Model = TypeVar("Model", bound=Base)
Predicate = Callable[[Any, Actor], ColumnElement[bool]]

catalogue = Permissions()
"""All features' permissions; filled when create_app assembles the house."""

_special: dict[tuple[str, Relation], Predicate] = {}
_general: dict[Relation, Predicate] = {}
_narrowed: dict[tuple[str, Relation], Callable[[Any], ColumnElement[bool]]] = {}


def register_relation(relation: Relation, predicate: Predicate, *, table: str | None = None) -> None:
    """Say in SQL what a relation means, for all tables or for one."""
    if table is None:
        _general[relation] = predicate
    else:
        _special[table, relation] = predicate


def narrow(table: str, relations: Iterable[Relation], condition: Callable[[Any], ColumnElement[bool]]) -> None:
    """Say which rows of a table these relations reach at all, whoever stands in them: a draft is its writer's."""
    for relation in relations:
        _narrowed[table, relation] = condition


def allow(actor: Actor, action: str) -> None:
    """Refuse early when no role of the actor has the action at all. Raises Forbidden."""
    grants = catalogue.get(action).grants
    if actor.roles.isdisjoint(grants):
        raise Forbidden("role_may_not", "您现在的身份不能做这件事。要办理请找您的医生或窗口。")


def visible(model: type[Model], actor: Actor, action: str) -> ColumnElement[bool]:
    """Return the WHERE of everything this actor may do the action on."""
    permission = catalogue.get(action)
    relations = {relation for role, allowed in permission.grants.items() if role in actor.roles for relation in allowed}
    return or_(false(), *(_predicate(model, actor, relation) for relation in sorted(relations)))


def scoped_query(model: type[Model], actor: Actor, action: str) -> Select[Model]:
    """Return a SELECT of the rows of the actor's county on which the action is allowed."""
    allow(actor, action)
    county: Any = model.county_id  # type: ignore[attr-defined]
    return select(model).where(county == actor.county_id, visible(model, actor, action))


def authorize(model: type[Model], object_id: UUID, actor: Actor, action: str, *, lock: bool = False) -> Model:
    """Return the object if the actor may do the action on it.

    Raises Forbidden when the actor's roles never may, NotFound when it does not exist for
    them (whether it exists at all is not told). Audited actions leave a row.
    """
    row_id: Any = model.id  # type: ignore[attr-defined]
    query = scoped_query(model, actor, action).where(row_id == object_id)
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    row = session().scalar(query)
    if row is None:
        raise NotFound("not_found", "没有找到，或者您现在不能看。请回上一页刷新。")
    if catalogue.get(action).audited:
        audit.record(
            session(),
            actor,
            action,
            model.__tablename__,
            object_id,
            # A resident's own row is about that resident: who read it shows among who read what.
            resident_id=getattr(row, "resident_id", object_id if model.__tablename__ == "resident" else None),
        )
    return row


def _predicate(model: type[Base], actor: Actor, relation: Relation) -> ColumnElement[bool]:
    found = _of_relation(model, actor, relation)
    condition = _narrowed.get((model.__tablename__, relation))
    return found if condition is None else and_(found, condition(model))


def _of_relation(model: type[Base], actor: Actor, relation: Relation) -> ColumnElement[bool]:
    special = _special.get((model.__tablename__, relation))
    if special is not None:
        return special(model, actor)
    if relation in _general:
        return _general[relation](model, actor)
    return _by_column(model, actor, relation)


def _by_column(model: type[Base], actor: Actor, relation: Relation) -> ColumnElement[bool]:
    columns: Mapping[Relation, str] = getattr(model, "__access__", {})
    name = columns.get(relation) or _DEFAULT_COLUMNS.get(relation)
    column: Any = getattr(model, name, None) if name else None
    if relation is Relation.ANY:
        return true()
    if column is None:
        raise KeyError(f"{model.__tablename__} does not say what {relation} means")
    return _match(column, actor, relation)


_DEFAULT_COLUMNS = {
    Relation.SELF: "resident_id",
    Relation.PROXY: "resident_id",
    Relation.GUARDIAN: "resident_id",
    Relation.OWN: "practitioner_id",
    Relation.TEAM: "team_id",
    Relation.VILLAGE: "village",
    Relation.INSTITUTION: "institution",
    Relation.RECEIVER: "to_institution",
}


def _match(column: Any, actor: Actor, relation: Relation) -> ColumnElement[bool]:
    match relation:
        case Relation.SELF:
            # Acting for someone else, one's own record is put away.
            alone = actor.acting_for in (None, actor.resident_id)
            return _equal(column, actor.resident_id if alone else None)
        case Relation.PROXY:
            return _equal(column, actor.acting_for if actor.acting_for in actor.proxied else None)
        case Relation.GUARDIAN:
            return _equal(column, actor.acting_for if actor.acting_for in actor.guarded else None)
        case Relation.OWN:
            return _equal(column, actor.practitioner_id)
        case Relation.TEAM:
            return _among(column, actor.team_ids)
        case Relation.VILLAGE:
            return _among(column, actor.villages)
        case Relation.INSTITUTION | Relation.RECEIVER:
            return _equal(column, actor.institution)
        case _:
            raise KeyError(f"{relation} has no predicate")


def _equal(column: Any, value: UUID | str | None) -> ColumnElement[bool]:
    return false() if value is None else column == value


def _among(column: Any, values: frozenset[UUID] | frozenset[str]) -> ColumnElement[bool]:
    return column.in_(values) if values else false()
