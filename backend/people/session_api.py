"""HTTP: signing in and out, who am I, where am I signed in."""

from uuid import UUID

from flask import Blueprint, request

from backend.alliance.queries import county_ids
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.roles import Actor
from backend.people import exchange, sessions, views
from backend.people.schemas import Me, SessionRow, Sessions, SignedIn, SignIn
from backend.store.db import session
from backend.web.operations import operation

routes = Blueprint("people_sessions", __name__)


@routes.post("/sign-in")
@operation(
    "session.begin",
    summary="用微信的登录凭证登录一个县",
    tag="登录",
    body=SignIn,
    answer=SignedIn,
    public=True,
    before=lambda body: exchange.openid_of(body.code),
)
def sign_in(_actor: Actor, body: SignIn, prepared: str) -> SignedIn:
    if body.county not in county_ids(session()):
        raise Invalid("unknown_county", "没有这个县，请回上一步重新选。")
    sessions.use_code(body.county, body.code)
    account = sessions.account_of_wechat(body.county, prepared)
    scheme, _, old = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and old:
        sessions.end_token(account, old)
    token, expires_at = sessions.open_session(account, "bearer", device())
    return SignedIn(token=token, expires_at=expires_at)


@routes.post("/sign-out")
@operation("session.end", summary="退出登录", tag="登录", status=204, idempotent=False)
def sign_out(actor: Actor) -> None:
    sessions.end_session(actor, actor.session_id)


@routes.get("/me")
@operation("me.read", summary="我是谁，能替谁办", tag="登录", answer=Me)
def me(actor: Actor) -> Me:
    return views.me_of(actor)


@routes.get("/sessions")
@operation("session.read", summary="我在哪些地方登录着", tag="登录", answer=Sessions)
def own_sessions(actor: Actor) -> Sessions:
    return Sessions(
        items=[
            SessionRow(
                id=row.id,
                device=row.device,
                began_at=row.began_at,
                seen_at=row.seen_at,
                current=row.id == actor.session_id,
            )
            for row in sessions.own_sessions(actor)
        ]
    )


@routes.delete("/sessions/<uuid:session_id>")
@operation("session.end", summary="让一个地方的登录失效", tag="登录", status=204, idempotent=False)
def end_one(actor: Actor, session_id: UUID) -> None:
    if not sessions.end_session(actor, session_id):
        raise NotFound("not_found", "这个登录已经失效了。")


@routes.delete("/sessions")
@operation("session.end", summary="所有地方都退出，包括这里", tag="登录", status=204, idempotent=False)
def end_all(actor: Actor) -> None:
    sessions.end_session(actor, None)


def device() -> str:
    """Return a word for the kind of device, for the person's own list; nothing that tells one phone from another."""
    agent = request.headers.get("User-Agent", "")
    kinds = (("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("Android", "安卓手机"), ("OpenHarmony", "鸿蒙手机"))
    kind = next((word for mark, word in kinds if mark in agent), "电脑" if "Mozilla" in agent else "其他设备")
    return f"微信（{kind}）" if "MicroMessenger" in agent else kind
