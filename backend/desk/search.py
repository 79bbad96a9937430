"""Finding somebody among this house's own: by name, pinyin, village or the number on a certificate."""

from flask import Blueprint
from sqlalchemy import ColumnElement, or_, select

from backend.alliance.queries import pack
from backend.booking.codes import read_code
from backend.booking.models import Appointment
from backend.desk.forms import text
from backend.desk.frame import draw
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.people.names import folded_name
from backend.referrals.models import Referral
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.sight import may_name
from backend.referrals.tracks import tracks_of
from backend.referrals.views import referral_line
from backend.store import access
from backend.store.db import session
from backend.web.pages import page

pages = Blueprint("desk_search", __name__, url_prefix="/search")
MOST = 50


@pages.get("")
@page("desk.find")
def find(actor: Actor) -> str:
    asked = text("q", 60)
    rows = _found(actor, asked) if asked else []
    return draw("desk/search.html", actor, "search", asked=asked, rows=[referral_line(row, actor) for row in rows])


def _found(actor: Actor, asked: str) -> list[Referral]:
    # Only among referrals that this house may read: the search is no register of the county's people.
    mine = access.scoped_query(Referral, actor, "referral.read").order_by(Referral.id.desc()).limit(MOST)
    number = asked.replace("-", "").replace(" ", "").upper()
    by_number = select(ReferralCertificate.referral_id).where(
        ReferralCertificate.county_id == actor.county_id, ReferralCertificate.number == number
    )
    wanted = [Referral.id.in_(by_number)]
    code = read_code(asked)
    if code is not None:
        wanted.append(
            Referral.id.in_(
                select(Appointment.referral_id).where(
                    Appointment.county_id == actor.county_id, Appointment.code == code
                )
            )
        )
    people = select(Resident.id).where(Resident.county_id == actor.county_id, or_(*_like(actor, asked)))
    wanted.append(Referral.resident_id.in_(people))
    found = session().scalars(mine.where(or_(*wanted)))
    # A name that finds an unnamed question would tell whose it is.
    return [row for row in found if may_name(tracks_of(row), actor)]


def _like(actor: Actor, asked: str) -> list[ColumnElement[bool]]:
    folded = folded_name(asked)
    towns = pack(actor.county_id).places.towns
    villages = [village.code for town in towns for village in town.villages if asked in village.name]
    return [
        Resident.name_folded.contains(folded, autoescape=True),
        Resident.name_pinyin.startswith(folded.lower(), autoescape=True),
        Resident.name_pinyin.contains(f" {folded.lower()}", autoescape=True),
        Resident.village.in_(villages),
    ]
