"""HTTP: the privacy notice, agreeing and taking it back."""

from dataclasses import asdict

from flask import Blueprint

from backend.alliance.queries import county_ids
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.people import family, places, privacy, rights
from backend.people.schemas import AccessRow, Consent, ConsentRow, Consents, NoticeQuery, PrivacyNotice
from backend.store.db import session
from backend.web.operations import operation
from backend.web.paging import Page, PageQuery

routes = Blueprint("people_privacy", __name__)
KINDS = frozenset({"notice", "health", "child"})


@routes.get("/privacy-notice")
@operation(
    "privacy.read",
    summary="现在这一版的隐私说明",
    tag="隐私",
    query=NoticeQuery,
    answer=PrivacyNotice,
    public=True,
)
def notice(_actor: Actor, query: NoticeQuery) -> PrivacyNotice:
    found = asdict(privacy.current_notice())
    known = query.county in county_ids(session())
    name = places.county_name(query.county) if known else "本县"
    found["text"] = found["text"].replace("{county}", name)
    return PrivacyNotice(**found)


@routes.get("/privacy-consents")
@operation("privacy.consent", summary="我同意过什么", tag="隐私", answer=Consents)
def consents(actor: Actor) -> Consents:
    return _shown(actor)


@routes.post("/privacy-consents")
@operation("privacy.consent", summary="同意隐私说明", tag="隐私", body=Consent, answer=Consents, status=201)
def agree(actor: Actor, body: Consent) -> Consents:
    privacy.consent(actor, body.version, health_data=body.health_data, child_id=body.child_id)
    return _shown(actor)


@routes.delete("/privacy-consents/<kind>")
@operation("privacy.consent", summary="收回同意", tag="隐私", answer=Consents)
def take_back(actor: Actor, kind: str) -> Consents:
    if kind not in KINDS:
        raise NotFound("no_such_consent", "没有这一项同意。")
    privacy.withdraw(actor, kind)
    return _shown(actor)


@routes.get("/access-log")
@operation("access_log.read", summary="谁看过我的档案", tag="隐私", query=PageQuery, answer=Page[AccessRow])
def access_log(actor: Actor, query: PageQuery) -> Page[AccessRow]:
    items, cursor = rights.access_log(actor, family.subject(actor, "access_log.read"), query)
    return Page(items=items, next_cursor=cursor)


def _shown(actor: Actor) -> Consents:
    rows = privacy.live_consents(actor.county_id, actor.account_id)
    return Consents(
        items=[
            ConsentRow.model_validate(
                {
                    "kind": row.kind,
                    "version": row.notice_version,
                    "resident_id": row.resident_id,
                    "agreed_at": row.created_at,
                }
            )
            for row in rows
        ]
    )
