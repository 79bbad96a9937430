"""出县就医: who leaves the county for what, and how many without a referral. XM-5.5, MS-4.2.3d."""

from flask import Blueprint, Response

from backend.alliance.queries import pack
from backend.desk import outflow_views
from backend.desk.bureau_month import month_of, months_offered
from backend.desk.frame import draw
from backend.kernel.roles import Actor
from backend.oversight.direct_visits import matched, registered_in
from backend.oversight.months import month_end
from backend.oversight.outflow import ranking
from backend.oversight.targets import FEW, build
from backend.web.pages import page

pages = Blueprint("desk_outflow", __name__, url_prefix="/bureau/outflow")


@pages.get("")
@page("oversight.read")
def show(actor: Actor) -> str:
    month = month_of(actor)
    county = pack(actor.county_id)
    found = ranking(actor.county_id, month)
    [direct] = matched(actor.county_id, [month])
    below = county.targets.outflow.hide.below
    return draw(
        "desk/outflow.html",
        actor,
        "bureau",
        county=county.county,
        month=month,
        months=months_offered(),
        ranking=found,
        lines=outflow_views.lines(found),
        chart=outflow_views.chart(found),
        direct=build(county, "direct-visit-rate", direct.counted(below), month_end(month)),
        standings=outflow_views.standings(direct, below),
        by_level=_levels(direct.by_level, below),
        told=_told(*registered_in(actor.county_id, month)),
        upper="、".join(level.name for level in county.county.levels if level.tier in ("prefecture", "province")),
        rule=county.source(county.referral.direct_visits.source),
    )


@pages.get("/sheet")
@page("oversight.read")
def download(actor: Actor) -> Response:
    month = month_of(actor)
    content = outflow_views.as_csv(pack(actor.county_id).county.name, ranking(actor.county_id, month))
    response = Response(content, mimetype="text/csv")
    name = f"outflow-{actor.county_id}-{month:%Y-%m}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _levels(found: dict[str, tuple[int, int]], below: int) -> list[tuple[str, str, str, str]]:
    """Return each level with its share; when one of them is not told, none is: the sums stand above."""
    few = any(0 < part < below or 0 < whole - part < below or 0 < whole < below for part, whole in found.values())
    if few:
        return [(name, outflow_views.FEW, outflow_views.FEW, "—") for name in found]
    return [
        (name, str(part), str(whole), f"{100 * part / whole:.1f}%") for name, (part, whole) in sorted(found.items())
    ]


def _told(whole: int, late: int) -> str:
    if whole == 0:
        return "这个月还没有人登记"
    if whole < FEW or 0 < late < FEW or 0 < whole - late < FEW:
        return f"登记了少于 {FEW} 人次" if whole < FEW else f"登记了 {whole} 人次"
    return f"登记了 {whole} 人次，其中补登记 {late} 人次"
