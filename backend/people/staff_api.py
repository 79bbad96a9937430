"""HTTP: a clinician binds the own WeChat to the staff account, once."""

from flask import Blueprint, request
from pydantic import Field, model_validator

from backend.kernel.roles import Actor
from backend.people import staff, views
from backend.people.models import Account
from backend.people.queries import actor_of
from backend.people.schemas import Given, Me
from backend.store.db import session
from backend.web import rates
from backend.web.operations import operation

routes = Blueprint("people_staff", __name__)


class Binding(Given):
    """Login, password and TOTP code, or the operator's one-time code; and the PIN one will sign with."""

    login: str = Field(default="", max_length=60)
    password: str = Field(default="", max_length=200)
    totp: str = Field(default="", max_length=10)
    bind_code: str = Field(default="", max_length=20)
    pin: str = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _one_way(self) -> "Binding":
        if bool(self.bind_code) == bool(self.login and self.password and self.totp):
            raise ValueError("请填工作账号、密码和动态码；或者只填管理员给的绑定码。")
        return self


@routes.post("/staff-binding")
@operation("staff.bind", summary="把微信绑定到工作账号", tag="登录", body=Binding, answer=Me, status=201)
def bind(actor: Actor, body: Binding) -> Me:
    rates.hit("staff-binding", f"{actor.account_id}|{request.remote_addr}", most=10, seconds=600)
    if body.bind_code:
        staff.bind_by_code(actor, body.pin, body.bind_code)
    else:
        staff.bind(actor, body.pin, login=body.login, password=body.password, totp=body.totp)
    account = session().get_one(Account, (actor.county_id, actor.account_id))
    return views.me_of(actor_of(session(), account, session_id=actor.session_id))
