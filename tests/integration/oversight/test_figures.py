"""What the bureau counts from our own rows, with what is missing said. MS-1, XM-5.4c, XM-5.2a."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from backend.alliance.queries import pack as pack_of
from backend.kernel.roles import Role
from backend.oversight.figures import figures, silent, visits_by_level
from backend.oversight.referral_counts import referral_rows
from backend.records.models import Stay, Visit
from backend.referrals.models import Referral
from backend.store.db import transaction
from tests import factories

MONTH = date(2023, 3, 1)
AT = datetime(2023, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def counted(app):
    """Six village and township visits, three at the county hospital, one on the month's edge in China's time."""
    with app.app_context(), transaction() as current:
        for county, township in (("mangshi", "th-fengping"), ("xinmi", "th-yuanzhuang")):
            section = pack_of(county).institutions
            clinic = next(one.code for one in section.institutions if one.parent == township)
            hospital = next(one.code for one in section.of_kind("county_hospital"))
            resident = factories.make_resident(current, county)
            doctor = factories.make_practitioner(current, township, Role.FAMILY_DOCTOR, county_id=county)
            edge = datetime(2023, 2, 28, 16, 30, tzinfo=UTC)  # already 1 March in China
            late = datetime(2023, 3, 31, 16, 30, tzinfo=UTC)  # already April
            plan = [(clinic, AT)] * 4 + [
                (township, AT),
                (township, edge),
                (hospital, AT),
                (hospital, AT),
                (hospital, AT),
            ]
            for institution, began in [*plan, (hospital, late)]:
                current.add(
                    Visit(
                        county_id=county,
                        resident_id=resident.id,
                        institution=institution,
                        practitioner_id=doctor.id,
                        kind="outpatient",
                        began_at=began,
                    )
                )
            for number in range(4):
                current.add(
                    Stay(
                        county_id=county,
                        resident_id=resident.id,
                        institution=hospital,
                        department="cardiology",
                        status="discharged",
                        admitted_at=AT,
                        discharged_at=AT,
                        disposition="community" if number else "home",
                        came_as="not_referred",
                    )
                )
            for direction, category, status, source, target in (
                ("up", "outpatient", "issued", township, hospital),
                ("up", "stay", "arrived", township, hospital),
                ("up", "stay", "refused", township, hospital),
                ("up", "stay", "draft", township, hospital),
                ("down", "bed", "arrived", hospital, township),
                ("down", "home", "closed", hospital, township),
                ("down", "home", "withdrawn", hospital, township),
            ):
                current.add(
                    Referral(
                        county_id=county,
                        direction=direction,
                        category=category,
                        status=status,
                        resident_id=factories.make_resident(current, county).id,
                        practitioner_id=doctor.id,
                        from_institution=source,
                        to_institution=target,
                        diagnosis_text="试",
                        pack_version="1",
                        content_hash=uuid4().hex,
                        submitted_at=None if status == "draft" else AT,
                    )
                )
    return app


def figure_of(app, county: str, code: str):
    with app.app_context(), transaction():
        return next((one for one in figures(county, MONTH) if one.code == code), None)


@pytest.mark.clause("MS-1")
def test_the_grassroots_share_says_who_wrote_nothing(counted) -> None:
    figure = figure_of(counted, "mangshi", "grassroots-share")
    assert (figure.counted.part, figure.counted.whole, figure.percent) == (6, 9, 66.7)
    assert (figure.met, figure.sentence) == (True, "达到目标")
    with counted.app_context(), transaction():
        quiet = silent("mangshi", MONTH)
    assert quiet and "风平卫生院" not in quiet
    assert f"里有 {len(quiet)} 家这个月一次看病也没有记" in figure.counted.missing[0]
    assert figure_of(counted, "xinmi", "grassroots-share") is None


def test_visits_are_counted_by_level(counted) -> None:
    with counted.app_context(), transaction():
        rows = visits_by_level("xinmi", MONTH)
    assert [(row.name, row.visits) for row in rows] == [("村级", 4), ("乡镇级", 2), ("县级", 3)]


@pytest.mark.clause("XM-5.4c")
def test_the_down_transfer_rate_keeps_the_kinds_apart(counted) -> None:
    figure = figure_of(counted, "xinmi", "down-transfer-rate")
    assert (figure.counted.part, figure.counted.whole) == (2, 4)
    assert [(name, share.part) for name, share in figure.kinds] == [
        ("转到乡里住院（转床）", 1),
        ("回家由医生小组管", 1),
    ]


def test_referrals_stand_by_institution_and_drafts_do_not_count(counted) -> None:
    with counted.app_context(), transaction():
        rows = {row.institution: row for row in referral_rows("xinmi", MONTH)}
    low, high = rows["th-yuanzhuang"], rows["first-hospital"]
    assert (low.up, low.issued, low.arrived, low.ended, low.under_way) == (3, 2, 1, 1, 1)
    assert (high.down_bed, high.down_home, high.up) == (1, 1, 0)


@pytest.mark.clause("XM-5.2a")
def test_the_share_of_key_groups_among_the_signed_is_there_for_both(counted) -> None:
    for county in ("xinmi", "mangshi"):
        assert figure_of(counted, county, "key-group-share") is not None
