"""Hooks people into an app: how credentials become an actor, and what the database's refusals mean."""

from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, exists, false

from backend.alliance.queries import villages_served
from backend.kernel.permissions import Relation
from backend.kernel.roles import Actor
from backend.people import miniapp
from backend.people.models import Resident
from backend.people.queries import load_actor, openid_index_of, register_village_lookup
from backend.store import access
from backend.web import problems
from backend.web.auth import register_loader
from backend.wechat.service import register_account_lookup


def _held_by(model: Any, actor: Actor) -> ColumnElement[bool]:
    found: ColumnElement[bool] = model.account_id == actor.account_id
    return found


def _in_village(model: Any, actor: Actor) -> ColumnElement[bool]:
    if not actor.villages:
        return false()
    return exists().where(
        Resident.county_id == model.county_id,
        Resident.id == model.resident_id,
        Resident.village.in_(actor.villages),
    )


def install(app: Flask) -> None:
    """Register who an actor is and sees, the words of the constraints, and the mini-program's files."""
    app.register_blueprint(miniapp.pages)
    register_loader(load_actor)
    register_account_lookup(openid_index_of)
    register_village_lookup(villages_served)
    access.register_relation(Relation.OWN, _held_by, table="related_person")
    for table in ("related_person", "written_authority"):
        access.register_relation(Relation.VILLAGE, _in_village, table=table)
    problems.CONSTRAINTS.update(
        uq_account_resident=("record_taken", "这份档案刚刚连到了另一个微信，请刷新再看。"),
        uq_account_practitioner=("bound_elsewhere", "这个工作账号刚刚绑到了另一个微信。换了手机，请找管理员要绑定码。"),
        uq_related_person_live=("already_family", "这位家人已经登记过了，不用再登记。"),
        uq_resident_id_number=("id_number_taken", "这个身份证号已经有档案了，请查一查是不是同一个人。"),
        uq_resident_record_number=("record_number_taken", "这个档案号已经用过了，请检查。"),
        uq_account_login=("login_taken", "这个工作账号已经有人用了，请换一个。"),
    )
