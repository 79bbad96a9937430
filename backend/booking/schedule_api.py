"""HTTP of a house's own sessions: settle one, end one, read a spreadsheet in."""

import base64
import binascii
from datetime import time
from uuid import UUID

from flask import Blueprint

from backend.booking import schedule_import, schedules
from backend.booking.models_schedule import ScheduleTemplate
from backend.booking.schedule_schemas import ImportIn, ImportOut, QuotaBody, QuotaQuery, SettledIn, TemplateBody
from backend.booking.schedules import Settled
from backend.booking.views_staff import quota_body, template_body
from backend.kernel.errors import Forbidden, Invalid
from backend.kernel.roles import Actor
from backend.store import access
from backend.web.operations import operation
from backend.web.paging import Page, PageQuery, fetch_page

routes = Blueprint("schedules", __name__)
FILE_LIMIT = 4 * 1024 * 1024
MOST_DAYS = 92


@routes.get("/schedules")
@operation("schedule.read", summary="本院的排班", tag="排班", query=PageQuery, answer=Page[TemplateBody])
def list_templates(actor: Actor, query: PageQuery) -> Page[TemplateBody]:
    found = access.scoped_query(ScheduleTemplate, actor, "schedule.read")
    rows, cursor = fetch_page(found, ScheduleTemplate.id, query)
    return Page[TemplateBody](items=[template_body(row, actor) for row in rows], next_cursor=cursor)


@routes.post("/schedules")
@operation("schedule.write", summary="排一个门诊", tag="排班", body=SettledIn, answer=TemplateBody, status=201)
def settle(actor: Actor, body: SettledIn) -> TemplateBody:
    given = body.model_dump(exclude={"institution"})
    given |= {"weekdays": tuple(body.weekdays), "start": _wall(body.start), "end": _wall(body.end)}
    return template_body(schedules.settle(actor, body.institution or _house(actor), Settled(**given)), actor)


@routes.post("/schedules/<uuid:schedule_template_id>/end")
@operation("schedule.write", summary="停用一个排班", tag="排班", answer=TemplateBody)
def end(actor: Actor, schedule_template_id: UUID) -> TemplateBody:
    row = access.authorize(ScheduleTemplate, schedule_template_id, actor, "schedule.write")
    schedules.end(actor, row)
    return template_body(row, actor)


@routes.post("/schedules/import")
@operation(
    "schedule.write",
    summary="从表格导入排班，有错就一行也不写",
    tag="排班",
    body=ImportIn,
    answer=ImportOut,
    body_limit=FILE_LIMIT,
)
def read_in(actor: Actor, body: ImportIn) -> ImportOut:
    try:
        content = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("file", "文件没有传完整，请再选一次。") from error
    done = schedule_import.import_schedule(actor, _house(actor), body.name, content)
    return ImportOut.model_validate(done, from_attributes=True)


@routes.get("/quota")
@operation(
    "quota.read",
    summary="留给转诊病人的号：留了多少、专家号多少、用了多少",
    tag="排班",
    query=QuotaQuery,
    answer=QuotaBody,
)
def read_quota(actor: Actor, query: QuotaQuery) -> QuotaBody:
    if not 0 <= (query.until_on - query.from_on).days <= MOST_DAYS:
        raise Invalid("days", "一次最多看 92 天，最后一天不能在第一天之前。")
    return quota_body(actor.county_id, query.institution, query.from_on, query.until_on)


def _wall(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _house(actor: Actor) -> str:
    if actor.institution is None:
        raise Forbidden("no_house", "请先选在哪家医院上班。")
    return actor.institution
