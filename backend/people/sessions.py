"""Sign-in sessions: opened by WeChat's code or the desk, counted, ended. Machine time throughout."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kernel.clock import machine_now
from backend.kernel.errors import Forbidden, Invalid
from backend.kernel.ids import new_id
from backend.kernel.roles import Actor
from backend.people.models import Account, SignInSession, UsedCode
from backend.store import audit
from backend.store.db import session
from backend.store.vault import vault
from backend.web.auth import hash_token, new_token
from backend.wechat.queries import openid_index

LIFE = {"bearer": timedelta(days=7), "desk": timedelta(hours=12)}
MOST_SESSIONS = 5
CODE_MEMORY = timedelta(hours=1)


def use_code(county_id: str, code: str) -> None:
    """Use up a sign-in code: one code makes one session, however often WeChat would take it. Raises Invalid."""
    made = session().scalar(
        insert(UsedCode)
        .values(county_id=county_id, id=new_id(), code_hash=hashlib.sha256(code.encode()).digest())
        .on_conflict_do_nothing()
        .returning(UsedCode.id)
    )
    if made is None:
        raise Invalid("code_refused", "这次登录的凭证已经用过了，请再点一次登录。")


def account_of_wechat(county_id: str, openid: str) -> Account:
    """Return the account of a WeChat person in a county, made at their first visit. Raises Forbidden when disabled."""
    index = openid_index(openid)
    account = Account(county_id=county_id, openid_index=index)
    vault().seal(account, "openid", openid)
    session().execute(
        insert(Account)
        .values(county_id=county_id, id=account.id, openid_index=index, openid_sealed=account.openid_sealed)
        .on_conflict_do_nothing()
    )
    found = (
        session().scalars(select(Account).where(Account.county_id == county_id, Account.openid_index == index)).one()
    )
    if found.disabled_at is not None:
        raise Forbidden("account_disabled", "这个账号停用了。要恢复，请找本单位的管理员或卫健局。")
    return found


def open_session(account: Account, kind: str, device: str) -> tuple[str, datetime]:
    """Open a session and return its token and end; the oldest beyond MOST_SESSIONS are ended."""
    token, token_hash = new_token()
    now = machine_now()
    opened = SignInSession(
        county_id=account.county_id,
        account_id=account.id,
        kind=kind,
        token_hash=token_hash,
        device=device,
        expires_at=now + LIFE[kind],
    )
    session().add(opened)
    session().flush()
    newest = (
        select(SignInSession.id)
        .where(*_live(account.county_id, account.id), SignInSession.kind == kind)
        .order_by(SignInSession.id.desc())
        .offset(MOST_SESSIONS)
    )
    session().execute(
        update(SignInSession)
        .where(SignInSession.county_id == account.county_id, SignInSession.id.in_(newest))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    actor = Actor(account.county_id, account.id, frozenset())
    audit.record(session(), actor, "session.begin", "sign_in_session", opened.id, detail={"kind": kind})
    return token, opened.expires_at


def end_token(account: Account, token: str) -> None:
    """End the account's own session that is being replaced; a stranger's token does nothing."""
    session().execute(
        update(SignInSession)
        .where(
            SignInSession.county_id == account.county_id,
            SignInSession.account_id == account.id,
            SignInSession.token_hash == hash_token(token),
            SignInSession.revoked_at.is_(None),
        )
        .values(revoked_at=machine_now())
    )


def end_session(actor: Actor, session_id: UUID | None) -> int:
    """End one of the actor's own sessions, or all of them for None. Returns how many; effective at once."""
    query = update(SignInSession).where(*_live(actor.county_id, actor.account_id)).values(revoked_at=machine_now())
    if session_id is not None:
        query = query.where(SignInSession.id == session_id)
    ended = int(session().execute(query).rowcount)  # type: ignore[attr-defined]
    detail = {"ended": ended, "all": session_id is None}
    audit.record(session(), actor, "session.end", "sign_in_session", session_id, detail=detail)
    return ended


def end_all_of(current: Session, county_id: str, account_id: UUID) -> None:
    """End every session of an account: disabled, reset, merged or displaced."""
    current.execute(update(SignInSession).where(*_live(county_id, account_id)).values(revoked_at=machine_now()))


def own_sessions(actor: Actor) -> list[SignInSession]:
    """Return the actor's live sessions, the newest first."""
    return list(
        session().scalars(
            select(SignInSession).where(*_live(actor.county_id, actor.account_id)).order_by(SignInSession.id.desc())
        )
    )


def purge_used_codes(current: Session, county_id: str) -> int:
    """Forget sign-in codes that WeChat itself no longer knows. Returns how many."""
    old = machine_now() - CODE_MEMORY
    gone = current.execute(delete(UsedCode).where(UsedCode.county_id == county_id, UsedCode.used_at < old))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _live(county_id: str, account_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    return (
        SignInSession.county_id == county_id,
        SignInSession.account_id == account_id,
        SignInSession.revoked_at.is_(None),
        SignInSession.expires_at > machine_now(),
    )
