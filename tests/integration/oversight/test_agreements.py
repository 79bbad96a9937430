"""Agreements with hospitals above: warned of before they end, looked at again in time, by whom they bind. MS-4.2.3d."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, update

from backend.alliance.models import AllianceMembership
from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.oversight import agreements
from backend.oversight.agreements import Agreement
from backend.oversight.models_agreement import AgreementReview
from backend.referrals.choices import choices
from backend.store import clock
from backend.store.db import session, transaction
from tests import factories
from tests.integration.desk.browser import browser_of

HOSPITAL = {"xinmi": "first-hospital", "mangshi": "people-hospital"}


@pytest.fixture(params=["xinmi", "mangshi"])
def county(request) -> str:
    return request.param


def standing(app, county: str, day: date, held: date | None = None) -> Agreement:
    """The county hospital's agreement as it stands on a day."""
    with app.app_context(), transaction() as current:
        current.execute(delete(AgreementReview).where(AgreementReview.county_id == county))
        by = timedelta(days=(day - local_day(clock.now(current))).days)
        current.execute(update(clock.DomainClock).values(ahead=clock.DomainClock.ahead + by))  # undone below
        current.info.pop("now", None)
        if held is not None:
            one = next(o for o in pack_of(county).alliances.partners if o.county_institution == HOSPITAL[county])
            current.add(
                AgreementReview(
                    county_id=county, institution=one.county_institution, upper_institution=one.upper_institution,
                    from_day=one.from_day, held_on=held, outcome="keep",
                )
            )  # fmt: skip
            current.flush()
        found = next(one for one in agreements.agreements(county) if one.institution == HOSPITAL[county])
        current.rollback()
        return found


@pytest.mark.clause("MS-4.2.3d")
@pytest.mark.clause("XM-5.5")
def test_it_is_warned_of_before_it_ends_and_before_its_review(app, county) -> None:
    with app.app_context(), transaction():
        partner = next(o for o in pack_of(county).alliances.partners if o.county_institution == HOSPITAL[county])
        warn = pack_of(county).alliances.agreement_warning.days
    end, every = partner.until, timedelta(days=partner.review_every_days)
    held = end - timedelta(days=warn + 5)
    assert standing(app, county, end - timedelta(days=warn), held).state == "ending"
    assert standing(app, county, end - timedelta(days=warn + 1), held).state == "fine"
    assert standing(app, county, end, held).state == "ending", "its last day still holds"
    after = standing(app, county, end + timedelta(days=1), held)
    assert (after.state, "不再算协议医院" in after.words) == ("ended", True)
    with app.app_context(), transaction():
        place = next(one for one in choices(pack_of(county), HOSPITAL[county], None, on=end) if one.partner)
        later = choices(pack_of(county), HOSPITAL[county], None, on=end + timedelta(days=1))
    assert not any(one.partner for one in later if one.institution == after.upper_institution), place.institution
    late = standing(app, county, partner.from_day + every + timedelta(days=3))
    assert (late.state, late.words) == ("review_overdue", "该复核了，已过 3 天")
    fresh = standing(app, county, partner.from_day + every + timedelta(days=3), partner.from_day + every)
    assert fresh.review_by == partner.from_day + 2 * every, "a review that was held counts"


def test_a_review_is_written_down_by_those_whom_it_binds(app, county) -> None:
    with app.app_context(), transaction() as current:
        partner = next(o for o in pack_of(county).alliances.partners if o.county_institution == HOSPITAL[county])
        bureau = pack_of(county).institutions.of_kind("health_bureau")[0].code
        today = local_day(clock.now(current))
        current.execute(delete(AgreementReview).where(AgreementReview.county_id == county))
    key = (partner.county_institution, partner.upper_institution, partner.from_day)
    office, _ = factories.staff_person(app, HOSPITAL[county], Role.MEDICAL_OFFICE, county_id=county)
    other, _ = factories.staff_person(app, "tcm-hospital", Role.MEDICAL_OFFICE, county_id=county)
    form = {
        "institution": key[0], "upper_institution": key[1], "from_day": key[2].isoformat(),
        "held_on": today.isoformat(), "outcome": "change", "note": "加一个专科",
    }  # fmt: skip
    refused = browser_of(app, other).post("/desk/agreements/review", **form)
    assert (refused.status_code, "别家签的" in refused.text) == (422, True)
    assert partner.upper_institution not in browser_of(app, other).text("/desk/agreements")
    done = browser_of(app, office).post("/desk/agreements/review", **form)
    assert (done.status_code, "要改" in done.text) == (200, True)
    assert browser_of(app, office).post("/desk/agreements/review", **form).status_code == 409, "once a day"
    over, _ = factories.staff_person(app, bureau, Role.BUREAU, county_id=county)
    hands = browser_of(app, over, home="/desk/bureau")
    assert "要改" in hands.text("/desk/agreements")
    for change, words in (
        ({"held_on": (today + timedelta(days=1)).isoformat()}, "今天以前"),
        ({"upper_institution": "moon"}, "没有这份协议"),
        ({"outcome": "burn"}, "没有这个选项"),
        ({"held_on": ""}, "哪天复核"),
    ):
        answer = hands.post("/desk/agreements/review", **(form | change))
        assert (answer.status_code, words in answer.text) == (422, True), answer.text


def test_a_member_whose_term_ends_is_on_the_bureaus_page_only(app, county) -> None:
    with app.app_context(), transaction() as current:
        today = local_day(clock.now(current))
        member = next(one for one in agreements.memberships(county) if one.status == "member")
        name = pack_of(county).institutions.institution(member.institution).name
        assert name not in {one.name for one in agreements.ending_members(county)}
        current.execute(
            update(AllianceMembership)
            .where(AllianceMembership.id == member.id)
            .values(until_on=today + timedelta(days=20))
        )
        assert [(one.name, one.days_left) for one in agreements.ending_members(county)] == [(name, 20)]
        current.rollback()


def test_no_review_without_an_agreement_reaches_the_table(app) -> None:
    person, _ = factories.staff_person(app, "first-hospital", Role.MEDICAL_OFFICE)
    answer = browser_of(app, person).post(
        "/desk/agreements/review", institution="first-hospital", upper_institution="zz-central", from_day="1999-01-01",
        held_on="2026-01-01", outcome="keep",
    )  # fmt: skip
    assert answer.status_code == 422
    with app.app_context(), transaction():
        assert session().query(AgreementReview).filter_by(from_day=date(1999, 1, 1)).count() == 0
