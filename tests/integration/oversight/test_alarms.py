"""When a house's figures call for a look: kept who belong above, reasons taken too loosely. MS-4.2.3d."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.alliance.queries import pack as pack_of
from backend.desk.alarms import share
from backend.kernel.roles import Role
from backend.oversight.alarms import HouseShare, Looked, looked
from backend.oversight.models_audit import ReferralAudit
from backend.records.models import Stay, Visit
from backend.referrals.choices import able
from backend.referrals.models import Referral
from backend.store.db import transaction
from tests import factories

COUNTIES = ("xinmi", "mangshi")
TOWNSHIP = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}
HOSPITAL = {"xinmi": "first-hospital", "mangshi": "people-hospital"}


@pytest.fixture(params=COUNTIES)
def county(request) -> str:
    return request.param


def of(app, county: str, month: date, code: str) -> Looked:
    with app.app_context(), transaction():
        return next(one for one in looked(county, month) if one.code == code)


def house(found: Looked, code: str) -> HouseShare | None:
    return next((one for one in found.houses if one.institution == code), None)


def noon(month: date, day: int = 10) -> datetime:
    return datetime(month.year, month.month, day, 4, tzinfo=UTC)


class Scene:
    """People of one county in a month of their own."""

    def __init__(self, app: Any, county: str, month: date) -> None:
        self.app, self.county, self.month = app, county, month

    def stay(self, institution: str, diagnosis: str | None, **changes: Any) -> UUID:
        with self.app.app_context(), transaction() as current:
            resident = factories.make_resident(current, self.county)
            given = {
                "department": "general_practice", "status": "admitted", "admitted_at": noon(self.month),
                "diagnosis_code": diagnosis, "came_as": "not_referred",
            }  # fmt: skip
            row = Stay(county_id=self.county, resident_id=resident.id, institution=institution, **(given | changes))
            current.add(row)
            return resident.id

    def referral(self, institution: str, resident_id: UUID | None = None, **changes: Any) -> Referral:
        with self.app.app_context(), transaction() as current:
            doctor = factories.make_practitioner(current, institution, Role.FAMILY_DOCTOR, county_id=self.county)
            resident_id = resident_id or factories.make_resident(current, self.county).id
            given = {
                "direction": "up", "category": "outpatient", "status": "issued", "practitioner_id": doctor.id,
                "to_institution": HOSPITAL[self.county] if institution != HOSPITAL[self.county] else "tcm-hospital",
                "diagnosis_text": "试", "pack_version": "1", "content_hash": uuid4().hex, "indication": "undiagnosed",
                "submitted_at": noon(self.month), "issued_at": noon(self.month),
            }  # fmt: skip
            row = Referral(
                county_id=self.county, resident_id=resident_id, from_institution=institution, **(given | changes)
            )
            current.add(row)
            current.flush()
            current.expunge(row)
            return row

    def visits(self, institution: str, number: int) -> None:
        with self.app.app_context(), transaction() as current:
            doctor = factories.make_practitioner(current, institution, Role.FAMILY_DOCTOR, county_id=self.county)
            resident = factories.make_resident(current, self.county)
            for _ in range(number):
                current.add(
                    Visit(
                        county_id=self.county, resident_id=resident.id, institution=institution, kind="outpatient",
                        practitioner_id=doctor.id, began_at=noon(self.month),
                    )
                )  # fmt: skip


def beyond(app, county: str) -> tuple[str, str]:
    """A diagnosis beyond a township's published scope, and one within it."""
    with app.app_context(), transaction():
        pack = pack_of(county)
        codes = [code for condition in pack.capability.conditions for code in condition.icd10]
        house_code = TOWNSHIP[county]
        return (
            next(code for code in codes if not able(pack, house_code, code)),
            next(code for code in codes if able(pack, house_code, code)),
        )


@pytest.mark.clause("MS-4.2.3d")
def test_patients_beyond_the_scope_whom_nobody_sent_up_are_counted(app, county) -> None:
    scene, township = Scene(app, county, date(2017, 3, 1)), TOWNSHIP[county]
    above, here = beyond(app, county)
    for _ in range(6):
        scene.stay(township, above)
    for _ in range(10):
        scene.stay(township, here)
    scene.stay(township, None)
    gone = {"status": "discharged", "discharged_at": noon(scene.month, 12)}
    scene.stay(township, above, **gone, disposition="other_hospital")
    scene.stay(township, above, **gone, disposition="died")
    asked = scene.stay(township, above)
    scene.referral(township, asked, status="submitted", issued_at=None)
    long_ago = scene.stay(township, above)
    scene.referral(township, long_ago, submitted_at=noon(scene.month) - timedelta(days=60))
    found = of(app, county, scene.month, "retention")
    kept = house(found, township)
    assert kept is not None
    assert (kept.part, kept.whole, kept.over) == (7, 21, True)
    assert "1 次住院没有写诊断编码" in found.notes[0]
    assert found.source.id == ("MS-4.2.3d" if county == "mangshi" else "S-alarms")
    assert found.sample, "the line itself is the county's own"


def test_too_few_are_not_judged_and_a_share_on_the_line_is_not_over_it(app, county) -> None:
    scene, township = Scene(app, county, date(2017, 5, 1)), TOWNSHIP[county]
    above, here = beyond(app, county)
    for _ in range(5):
        scene.stay(township, above)
    found = of(app, county, scene.month, "retention")
    assert (house(found, township), found.unjudged) == (None, 1)
    for _ in range(45):
        scene.stay(township, here)
    kept = house(of(app, county, scene.month, "retention"), township)
    assert kept is not None
    assert (kept.part, kept.whole, kept.over) == (5, 50, False), "10 percent of 10 is not above it"


@pytest.mark.clause("MS-4.2.3d")
def test_a_house_far_below_the_middle_of_its_level_is_named(app, county) -> None:
    scene = Scene(app, county, date(2018, 3, 1))
    with app.app_context(), transaction():
        pack = pack_of(county)
        level = pack.institutions.institution(TOWNSHIP[county]).level
        houses = [one.code for one in pack.institutions.institutions if one.level == level and not one.outside][:4]
    for code, sent in zip(houses, (6, 6, 5, 1), strict=True):
        scene.visits(code, 60)
        for _ in range(sent):
            scene.referral(code)
    found = of(app, county, scene.month, "low_referral")
    assert [one.institution for one in found.over] == [houses[3]]
    low = house(found, houses[3])
    assert low is not None
    assert (low.part, low.whole) == (1, 60)
    assert "中位数" in found.line
    assert of(app, county, date(2018, 8, 1), "low_referral").notes == ("同级不到 3 家有足够的看病人次，没有中位数可比",)


@pytest.mark.clause("MS-4.2.3d")
def test_the_reason_that_fits_everything_is_counted_among_certificates(app, county) -> None:
    scene, township = Scene(app, county, date(2019, 3, 1)), TOWNSHIP[county]
    for number in range(12):
        scene.referral(township, indication="limited" if number < 8 else "undiagnosed")
    scene.referral(township, indication="limited", status="refused", issued_at=None)
    scene.referral(township, indication="limited", direction="down", category="home", to_institution="tcm-hospital")
    found = of(app, county, scene.month, "catch_all")
    used = house(found, township)
    assert used is not None
    assert (used.part, used.whole, used.over) == (8, 12, True)
    assert "2019 年 1 月到 2019 年 3 月" in found.period


@pytest.mark.clause("MS-4.2.3d")
def test_a_failed_sample_raises_it_and_only_judged_ones_count(app, county) -> None:
    scene, township = Scene(app, county, date(2020, 3, 1)), TOWNSHIP[county]
    assert of(app, county, date(2001, 3, 1), "loosened_indications").notes == ("还没有抽查过",)
    for verdict in ("unjustified", "unjustified", "justified", "papers_missing", "justified", "justified", None):
        referral = scene.referral(township)
        judged = {
            "status": "reviewed", "verdict": verdict, "reviewed_at": noon(scene.month),
            "reviewed_at_institution": HOSPITAL[county],
        } if verdict else {}  # fmt: skip
        with app.app_context(), transaction() as current:
            current.add(
                ReferralAudit(
                    county_id=county, month=scene.month, referral_id=referral.id, resident_id=referral.resident_id,
                    institution=township, to_institution=HOSPITAL[county], practitioner_id=referral.practitioner_id,
                    **judged,
                )
            )  # fmt: skip
    found = of(app, county, date(2020, 4, 1), "loosened_indications")
    loose = house(found, township)
    assert loose is not None
    assert (loose.part, loose.whole, loose.over) == (2, 6, True)
    assert "到 2020 年 3 月为止" in found.period


def test_of_few_neither_number_nor_percent_is_shown() -> None:
    assert share(HouseShare("a", "甲", 3, 40, over=False)) == ("人少，不写", "—")
    assert share(HouseShare("a", "甲", 38, 40, over=True)) == ("人少，不写", "—")
    assert share(HouseShare("a", "甲", 0, 40, over=False)) == ("0", "0.0%")
    assert share(HouseShare("a", "甲", 20, 40, over=True)) == ("20", "50.0%")
