"""The public page behind a QR: whether this paper is real and still holds. Plain HTML, masked, braked."""

from datetime import datetime

from flask import Blueprint, Response, render_template, request
from sqlalchemy.dialects.postgresql import insert

from backend.alliance.queries import pack
from backend.kernel.clock import machine_now
from backend.kernel.errors import TooMany
from backend.kernel.roles import Actor
from backend.records.views import institution_name, veiled_name
from backend.referrals.certificate_state import facts_of, find_number, state_of
from backend.referrals.models_certificate import ReferralCertificate, VerifyCount
from backend.referrals.numbers import grouped, read_number
from backend.referrals.verification import Scanned, read_parts, signed_by_county
from backend.store.db import session
from backend.store.vault import vault
from backend.web import rates
from backend.web.operations import operation

pages = Blueprint("certificate_pages", __name__, template_folder="templates")
MOST_A_MINUTE, MOST_MISSES = 30, 10
SAYS = {
    "valid": "这张转诊证明是真的，现在有效",
    "late": "这张转诊证明是真的，现在有效（有一个签字下个上班日补上）",
    "expired": "这张转诊证明是真的，已经过期",
    "used": "这张转诊证明是真的，住院次数已经用完，有效期内看门诊还算转诊",
    "taken_over": "这张转诊证明是真的，下面的医生已经接下",
    "voided": "这张转诊证明已经作废",
    "replaced": "这张转诊证明已换成新的一张",
    "forged": "纸上的签章对不上，这张不能当真",
    "missing": "查不到这个号码",
}


@pages.get("/v/<number>")
@operation("certificate.look", summary="核验转诊证明（公开页）", tag="转诊证明", public=True, media_type="text/html")
def look(actor: Actor, number: str) -> Response:
    """Show today's state of one certificate: state, places and days; with the QR's signature a masked name."""
    del actor
    rates.hit("certificate.look", _who(), most=MOST_A_MINUTE, seconds=60)
    known = read_number(number)
    rates.hit("certificate.number", known or number[:40], most=MOST_A_MINUTE, seconds=60)
    certificate = find_number(known) if known else None
    if known is None or certificate is None:
        _count_miss()
        return _page("missing", 404)
    given = request.args
    scanned = read_parts(known, given.get("e", ""), given.get("f", ""), given.get("s", ""))
    return _found(certificate, scanned)


def _found(certificate: ReferralCertificate, scanned: Scanned) -> Response:
    signed = signed_by_county(certificate, scanned)
    if signed is False:
        return _page("forged", 200, number=grouped(certificate.number))
    state = state_of(certificate)
    county = pack(certificate.county_id)
    name = facts_of(certificate)["person"]["name"] if signed else ""
    taken = state.word == "used" and certificate.direction == "down"
    return _page(
        "taken_over" if taken else "late" if state.word == "valid" and state.late else state.word,
        200,
        number=grouped(certificate.number),
        county=county.county.name,
        name=veiled_name(name),
        from_name=institution_name(county, certificate.from_institution),
        to_name=institution_name(county, certificate.to_institution),
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
        replaced_by=grouped(state.by_number) if state.by_number else "",
    )


def _page(word: str, status: int, **values: object) -> Response:
    body = render_template("referrals/look.html", says=SAYS[word], good=word in ("valid", "late"), word=word, **values)
    return Response(body, status=status)


def _count_miss() -> None:
    # Guessing numbers is counted in the database, whether Valkey is there or not.
    minute: datetime = machine_now().replace(second=0, microsecond=0)
    who = vault().blind_index("certificate.look", _who()).hex()
    count = session().scalar(
        insert(VerifyCount)
        .values(county_id="-", key=who, minute=minute, count=1)
        .on_conflict_do_update(index_elements=["county_id", "key", "minute"], set_={"count": VerifyCount.count + 1})
        .returning(VerifyCount.count)
    )
    if count is not None and count > MOST_MISSES:
        session().commit()  # the refusal rolls back, the count must not
        raise TooMany("too_often", "试得太多了，请等 1 分钟再试。号码在证明右上角，请照着输。")


def _who() -> str:
    return request.remote_addr or "unknown"
