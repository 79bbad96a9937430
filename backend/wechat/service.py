"""Keeping the ledger of credits and hearing WeChat's pushes. Held against `credits.after` by a test."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kernel.clock import machine_now
from backend.kernel.errors import Conflict
from backend.kernel.roles import Actor
from backend.store.events import publish
from backend.wechat.credits import MOST, Happening
from backend.wechat.events import DeliveryReported
from backend.wechat.gateway import Outcome
from backend.wechat.models import SubscribeCredit, WeChatPush
from backend.wechat.pushes import Push, SubscribeChange, SubscribePopup, SubscribeSent
from backend.wechat.queries import openid_index

PUSHES_KEPT = timedelta(days=2)

AccountLookup = Callable[[Session, str, UUID], bytes | None]
_account_lookup: list[AccountLookup] = []

_OF_OUTCOME = {Outcome.SENT: Happening.SENT, Outcome.NO_CREDIT: Happening.NO_CREDIT}


def register_account_lookup(lookup: AccountLookup) -> None:
    """Let `people` say which WeChat account (blind index of the openid) an account of ours belongs to."""
    _account_lookup[:] = [lookup]


def person_of(current: Session, actor: Actor) -> bytes:
    """The blind index of the actor's WeChat account. Raises Conflict where none is bound."""
    found = None
    for lookup in _account_lookup:
        assert actor.account_id is not None
        found = lookup(current, actor.county_id, actor.account_id)
    if found is None:
        raise Conflict("no_wechat", "这个账号还没有绑定微信，请先在微信里打开小程序登录。")
    return found


def happened(
    current: Session,
    county_id: str,
    person: bytes,
    template_id: str,
    happening: Happening,
    *,
    long_term: bool = False,
) -> None:
    """Write one happening into the ledger, in one statement; `long_term` matters for an acceptance only.

    WeChat's push may overtake the mini-program's report, so either may be the first to make the row.
    """
    row = SubscribeCredit
    if happening in _MAKING:
        first = 1 if happening is Happening.REPORTED_ACCEPT else 0
        made = insert(row).values(
            county_id=county_id,
            openid_index=person,
            template_id=template_id,
            remaining=first,
            confirmed=happening is Happening.CONFIRMED_ACCEPT,
            long_term=long_term,
        )
        changes = {"updated_at": func.now(), **_MAKING[happening](made.excluded)}
        current.execute(made.on_conflict_do_update(index_elements=list(row.__table__.primary_key), set_=changes))
    elif happening in _CHANGES:
        current.execute(
            update(row)
            .where(row.county_id == county_id, row.openid_index == person, row.template_id == template_id)
            .values(updated_at=func.now(), **_CHANGES[happening])
            .execution_options(synchronize_session=False)
        )


_MAKING: dict[Happening, Callable[[Any], dict[str, Any]]] = {
    Happening.REPORTED_ACCEPT: lambda new: {
        "remaining": case((new.long_term, 1), else_=func.least(SubscribeCredit.remaining + 1, MOST)),
        "long_term": new.long_term,
    },
    Happening.CONFIRMED_ACCEPT: lambda _: {"confirmed": True},
}
_NONE: dict[str, Any] = {"remaining": 0, "confirmed": False}
_CHANGES: dict[Happening, dict[str, Any]] = {
    Happening.REVOKED: _NONE,
    Happening.NO_CREDIT: _NONE,
    Happening.SENT: {
        "remaining": case(
            (SubscribeCredit.long_term, SubscribeCredit.remaining),
            else_=func.greatest(SubscribeCredit.remaining - 1, 0),
        )
    },
}


def record_send(current: Session, county_id: str, person: bytes, template_id: str, outcome: Outcome) -> None:
    """Let the ledger know what became of a send. Only `sent` and `no_credit` change it."""
    happening = _OF_OUTCOME.get(outcome)
    if happening is not None:
        happened(current, county_id, person, template_id, happening)


def hear(current: Session, county_id: str, push: Push) -> bool:
    """Act on a push once. Returns False for one heard before."""
    made = insert(WeChatPush).values(county_id=county_id, key=push.key, event=push.event[:100])
    fresh = current.execute(made.on_conflict_do_nothing().returning(WeChatPush.key)).scalar()
    if fresh is None:
        return False
    person = openid_index(push.openid)
    if isinstance(push, SubscribePopup | SubscribeChange):
        # In one order with the phone's own report of the same choices, which comes at the same moment: no deadlock.
        for choice in sorted(push.choices, key=lambda one: one.template_id):
            if isinstance(push, SubscribePopup) and choice.accepted:
                happened(current, county_id, person, choice.template_id, Happening.CONFIRMED_ACCEPT)
            elif isinstance(push, SubscribeChange) and not choice.accepted:
                happened(current, county_id, person, choice.template_id, Happening.REVOKED)
    elif isinstance(push, SubscribeSent):
        for delivery in push.deliveries:
            publish(
                DeliveryReported(
                    county_id=county_id,
                    openid_index=person.hex(),
                    template_id=delivery.template_id,
                    message_id=delivery.message_id,
                    errcode=delivery.errcode,
                )
            )
    return True


def forget_pushes(current: Session, county_id: str) -> int:
    """Forget pushes older than two days; WeChat repeats one for seconds only. Returns how many."""
    gone = current.execute(
        delete(WeChatPush).where(WeChatPush.county_id == county_id, WeChatPush.heard_at < machine_now() - PUSHES_KEPT)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
