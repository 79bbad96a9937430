"""Who went above without a referral: the list against our papers, with its excuses, and nothing of few. MS-4.2.3d."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import local_day
from backend.oversight.direct_visits import Matched, matched, registered_in
from backend.oversight.figures import figures
from backend.oversight.models import SettlementLine
from backend.oversight.months import month_end
from backend.referrals import certificates
from backend.referrals.models_certificate import CertificateEvent, ReferralCertificate
from backend.store import clock
from backend.store.db import transaction
from tests.integration.oversight.lists import UPPER, going_out, read_in, table
from tests.integration.referrals.rig import make_cast, to_working_hour

COUNTIES = ("xinmi", "mangshi")
MONTH = date(2014, 3, 1)


@pytest.fixture(params=COUNTIES)
def county(request) -> str:
    return request.param


def of(app, county: str, month: date) -> Matched:
    with app.app_context(), transaction():
        return matched(county, [month])[0]


def rate(app, county: str, month: date):
    with app.app_context(), transaction():
        return next(one for one in figures(county, month) if one.code == "direct-visit-rate")


def certificate(app, county: str, target: str, issued: date, until: date) -> str:
    """A real certificate, moved in the test to a hospital above and a day long ago: the row itself never changes."""
    cast = make_cast(app, county)
    referral = UUID(cast.issued())
    with app.app_context(), transaction() as current:
        kept = current.scalars(select(ReferralCertificate).where(ReferralCertificate.referral_id == referral)).one()
        values = {
            column.name: getattr(kept, column.name)
            for column in ReferralCertificate.__table__.columns
            if column.name not in ("id", "number", "edition", "created_at")
        }
        number = certificates.new_number(pack_of(county).county.code, issued.year)
        moved = {"number": number, "edition": 2, "to_institution": target, "issued_on": issued, "valid_until": until}
        current.add(ReferralCertificate(**(values | moved)))
    return number


@pytest.mark.clause("MS-4.2.3d")
def test_each_line_stands_by_its_paper_or_its_excuse(app, county) -> None:
    to_working_hour(app, 10)
    with app.app_context(), transaction():
        entries = pack_of(county).institutions.institutions
    hospital = UPPER[county][1]
    target = next(one.code for one in entries if one.name == hospital)
    institute = next(one for one in entries if one.kind == "disease_institute")
    good = certificate(app, county, target, MONTH, month_end(MONTH))
    late = certificate(app, county, target, MONTH + timedelta(days=20), month_end(MONTH))
    old = certificate(app, county, target, date(2013, 11, 1), date(2014, 1, 1))
    other = certificate(
        app, county, next(o.code for o in entries if o.outside and o.code != target), MONTH, month_end(MONTH)
    )
    spaced = f" {good[:6]}-{good[6:8]}-{good[8:].lower()} "
    cases = [
        *[{"转诊证明号": good}] * 3,
        {"转诊证明号": spaced},
        *[{"就医方式": "急诊"}] * 5,
        *[{"医院": institute.name, "就医方式": "普通"}] * 3,
        *[{"就医方式": "特殊病种"}] * 2,
        {"转诊证明号": late},
        {"转诊证明号": old},
        {"转诊证明号": other},
        {"转诊证明号": "4101832648217390X"},
        {"就医方式": "转诊"},
        *[{"就医方式": "自行外出"}] * 4,
        *[{}] * 2,
    ]
    rows = [going_out(county, MONTH, number, **case) for number, case in enumerate(cases)]
    rows.append(going_out(county, MONTH, 900, 参保地="别处"))
    rows.append(going_out(county, MONTH, 901, 县内县外="县内", 医院级别="乡镇级", 医院="卫生院"))
    assert read_in(app, county, MONTH, table(rows)).errors == ()
    seen = of(app, county, MONTH)
    assert seen.by_kind == {
        "certificate": 4, "emergency": 5, "special": 5, "registered": 0, "unmatched": 5, "direct": 6,
    }  # fmt: skip
    figure = rate(app, county, MONTH)
    assert (figure.counted.part, figure.counted.whole, figure.percent) == (11, 25, 44.0)
    assert figure.source.id == ("MS-4.2.3d" if county == "mangshi" else "S-direct-visits")
    with app.app_context(), transaction() as current:
        kept = current.scalars(select(SettlementLine).where(SettlementLine.paper_index.is_not(None))).all()
        assert kept
        assert all(good.encode() not in bytes(line.paper_index or b"") for line in kept), "the number is not kept"


def test_a_voided_certificate_is_none(app, county) -> None:
    to_working_hour(app, 10)
    month = date(2014, 5, 1)
    target = {"xinmi": "zz-central", "mangshi": "dh-people"}[county]
    number = certificate(app, county, target, month, month_end(month))
    assert read_in(app, county, month, table([going_out(county, month, 1, 转诊证明号=number)])).errors == ()
    assert of(app, county, month).by_kind["certificate"] == 1
    with app.app_context(), transaction() as current:
        row = current.scalars(select(ReferralCertificate).where(ReferralCertificate.number == number)).one()
        current.add(CertificateEvent(county_id=county, certificate_id=row.id, kind="voided", reason="test"))
    assert of(app, county, month).by_kind["unmatched"] == 1


@pytest.mark.clause("MS-4.2.3d")
def test_a_registration_is_known_by_its_number_and_still_no_certificate(app, county) -> None:
    to_working_hour(app, 10)
    cast = make_cast(app, county)
    with app.app_context(), transaction() as current:
        today = local_day(clock.now(current))
    level = "city" if county == "xinmi" else "prefecture"
    body = {
        "resident_id": str(cast.patient_id), "hospital": UPPER[county][1], "level": level, "kind": "stay",
        "went_on": today.isoformat(), "reason": "trust",
    }  # fmt: skip
    made = cast.patient.post("/api/v1/direct-visits", body)
    assert made.status_code == 201, made.json
    month = today.replace(day=1)
    row = {"转诊证明号": made.json["number"], "就医方式": "自行外出", "开始日期": month.isoformat()}
    row["结束日期"] = month.isoformat()
    rows = [going_out(county, month, number, **row) for number in range(6)]
    rows += [going_out(county, month, 50 + n, **(row | {"转诊证明号": "", "就医方式": "急诊"})) for n in range(6)]
    assert read_in(app, county, month, table(rows)).errors == ()
    seen = of(app, county, month)
    assert (seen.by_kind["registered"], seen.by_kind["direct"], seen.direct) == (6, 0, 6)
    with app.app_context(), transaction():
        assert registered_in(county, month)[0] >= 1


@pytest.mark.parametrize("heads", [("转诊证明号",), ("就医方式",), ("转诊证明号", "就医方式")])
def test_a_list_without_the_columns_is_read_and_the_rate_is_not_guessed(app, county, heads) -> None:
    from backend.oversight.settlement_lines import COLUMNS, PAPERS

    month = date(2014, 7, 1)
    left = tuple(head for head in (*COLUMNS, *PAPERS) if head not in heads)
    rows = [going_out(county, month, number) for number in range(9)]
    assert read_in(app, county, month, table(rows, left)).errors == ()
    figure = rate(app, county, month)
    assert figure.percent is None
    assert "没有“转诊证明号”和“就医方式”两列" in figure.sentence
    assert rate(app, county, date(2014, 8, 1)).sentence == "还算不出来：缺居民医保结算清单（2014 年 8 月）"


@pytest.mark.parametrize(("direct", "excused"), [(3, 20), (20, 3), (2, 2)])
def test_of_few_the_rate_is_not_told_on_either_side(app, county, direct, excused) -> None:
    month = date(2014, 9, 1)
    rows = [going_out(county, month, n, 就医方式="自行外出") for n in range(direct)]
    rows += [going_out(county, month, 100 + n, 就医方式="急诊") for n in range(excused)]
    assert read_in(app, county, month, table(rows)).errors == ()
    figure = rate(app, county, month)
    assert (figure.percent, figure.counted.part, figure.counted.whole) == (None, 0, 0)
    assert "不写，免得认出是谁" in figure.sentence


def test_a_number_that_a_spreadsheet_crushed_is_refused_and_not_taken_for_none(app) -> None:
    month = date(2014, 10, 1)
    outcome = read_in(app, "xinmi", month, table([going_out("xinmi", month, 1, 转诊证明号="4.10183E+16")]))
    assert (outcome.import_id, outcome.errors[0].column) == (None, "转诊证明号")
    assert "设成文本" in outcome.errors[0].text
    odd = read_in(app, "xinmi", month, table([going_out("xinmi", month, 1, 就医方式="坐火车")]))
    assert "不认得" in odd.errors[0].text
