"""The privacy notice: its versions are data files, the newest is in force. PIPL art. 14-17, 29, 31."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from backend.kernel.errors import Conflict, Invalid
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.people.models import Account, PrivacyConsent
from backend.store import audit, clock
from backend.store.db import session

_FOLDER = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of what people are told and asked; texts in plain Chinese, `#` begins a heading."""

    version: str
    title: str
    text: str
    health_title: str
    health_text: str
    child_title: str
    child_text: str


@lru_cache(maxsize=1)
def current_notice() -> Notice:
    """Return the version in force: the file with the highest number."""
    newest = max(_FOLDER.glob("privacy-*.toml"), key=lambda path: int(path.stem.removeprefix("privacy-")))
    return Notice(**tomllib.loads(newest.read_text("utf-8")))


def live_consents(county_id: str, account_id: object) -> list[PrivacyConsent]:
    """Return what an account agrees to now."""
    return list(
        session().scalars(
            select(PrivacyConsent)
            .where(
                PrivacyConsent.county_id == county_id,
                PrivacyConsent.account_id == account_id,
                PrivacyConsent.withdrawn_at.is_(None),
            )
            .order_by(PrivacyConsent.id)
        )
    )


def agrees(consents: list[PrivacyConsent], kind: str, resident_id: object = None) -> bool:
    """Say whether the version in force was agreed to, for a ward if one is named."""
    version = current_notice().version
    return any(
        row.kind == kind and row.notice_version == version and row.resident_id == resident_id for row in consents
    )


def consent(actor: Actor, version: str, *, health_data: bool, child_id: object = None) -> None:
    """Record agreement, each kind as a row of its own; agreeing twice changes nothing.

    Raises Conflict when the notice has changed meanwhile, Invalid for a child who is not one's ward.
    """
    if version != current_notice().version:
        raise Conflict("notice_changed", "隐私说明更新了，请重新看一遍再同意。")
    if child_id is not None and child_id not in actor.guarded:
        raise Invalid("not_your_ward", "您不是这个孩子登记的监护人，请先到村卫生室登记。")
    kinds: list[tuple[str, object]] = [("notice", None)]
    kinds += [("health", None)] if health_data else []
    kinds += [("child", child_id)] if child_id is not None else []
    for kind, resident_id in kinds:
        session().execute(
            insert(PrivacyConsent)
            .values(
                county_id=actor.county_id,
                id=new_id(),
                account_id=actor.account_id,
                kind=kind,
                notice_version=version,
                resident_id=resident_id,
            )
            .on_conflict_do_nothing()
        )
        audit.record(session(), actor, "privacy.consent", "account", actor.account_id, detail={"kind": kind})
    if health_data:
        _pause(actor, paused=False)


def withdraw(actor: Actor, kind: str) -> None:
    """Take agreement back, effective with the next request. Care in person goes on unchanged."""
    gone = (
        session()
        .scalars(
            update(PrivacyConsent)
            .where(
                PrivacyConsent.county_id == actor.county_id,
                PrivacyConsent.account_id == actor.account_id,
                PrivacyConsent.withdrawn_at.is_(None),
                # Who takes back the notice takes back everything that stands on it.
                *(() if kind == "notice" else (PrivacyConsent.kind == kind,)),
            )
            .values(withdrawn_at=clock.sql_now())
            .returning(PrivacyConsent.kind)
        )
        .all()
    )
    audit.record(session(), actor, "privacy.withdraw", "account", actor.account_id, detail={"kinds": sorted(set(gone))})
    if kind != "child":
        _pause(actor, paused=True)


def _pause(actor: Actor, *, paused: bool) -> None:
    session().execute(
        update(Account)
        .where(Account.county_id == actor.county_id, Account.id == actor.account_id)
        .values(paused=paused)
    )
