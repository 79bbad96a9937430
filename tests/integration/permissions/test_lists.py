"""Lists, searches, homes: each shows what the record lets this standing see; of a stranger no name and no id."""

import pytest
from flask import Flask

from backend.kernel.roles import Role
from tests.integration.permissions import oracle
from tests.integration.permissions.making import WORDS
from tests.integration.permissions.oracle import expects, relations
from tests.integration.permissions.walk import Walker, kept_as_it_was
from tests.integration.permissions.ways import Way, ways_of
from tests.integration.permissions.world import FAMILY, RECEIVER, STAFF, STANDINGS, World

LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "/api/v1/appointments": (("appointment_id", "appointment"),),
    "/api/v1/arrivals": (("arrival_id", "arrival"),),
    "/api/v1/contracts": (("contract_id", "contract"),),
    "/api/v1/conversations": (("conversation_id", "conversation"),),
    "/api/v1/sent-down": (("plan_id", "follow_up_plan"),),
    "/api/v1/follow-up-visits": (("follow_up_visit_id", "follow_up_visit"),),
    "/api/v1/long-prescriptions": (("prescription_id", "long_prescription"),),
    "/api/v1/pickups": (("pickup_id", "pickup"),),
    "/api/v1/prescription-renewals": (("renewal_id", "prescription_renewal"),),
    "/api/v1/referrals": (("referral_id", "referral"), ("referral_id:draft", "referral:draft")),
    "/api/v1/referral-answers": (("referral_id", "referral_answer"),),
    "/api/v1/residents": (("resident_id", "resident"),),
    "/api/v1/tasks": (("task_id", "task"), ("task_id:pool", "task:pool")),
    "/api/v1/visits": (("visit_id", "visit"),),
    "/api/v1/schedule-sessions": (("schedule_session_id", "schedule_session"),),
    "/api/v1/schedules": (("schedule_template_id", "schedule_template"),),
    "/api/v1/waitlist": (("waitlist_entry_id", "waitlist_entry"),),
    "/api/v1/referral-audits": (("audit_id", "referral_audit"),),
    "/api/v1/direct-visits": (("direct_visit_id", "direct_visit"),),
    "/desk/audits": (("audit_id", "referral_audit"),),
    "/desk/answers": (("referral_id", "referral_answer"),),
}
"""Lists that show exactly what the record allows. The others may show less, as of a day or for one who may sign."""
SEARCH = {
    "/api/v1/residents": "?search=甪里&limit=100",
    "/api/v1/places": f"?institution={RECEIVER}",
    "/api/v1/place-departments": f"?institution={RECEIVER}",
    "/api/v1/quota": f"?institution={RECEIVER}&from_on=2026-12-01&until_on=2026-12-02",
    "/desk/search": "?q=甪里",
}
NAMES_THE_FAMILY = {"/api/v1/me", "/api/v1/household", "/api/v1/home"}
"""Say whom one may act for, chosen or not: who they are, and nothing else of theirs."""
WHO = {"name", "resident_id"}
OUTSIDE = {"stranger", "elsewhere", "for_oneself", "neighbour", "abroad"}


def test_every_list_is_named_as_it_is(app: Flask) -> None:
    """A list of this room that is no longer there, or has another address."""
    assert set(LISTS) | set(SEARCH) | NAMES_THE_FAMILY <= {way.rule for way in gets(app)}


def gets(app: Flask) -> list[Way]:
    return [way for way in ways_of(app) if way.method == "GET" and "<" not in way.rule]


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_a_list_shows_what_the_record_allows(
    app: Flask, worlds: dict[str, World], county: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = worlds[county]
    other = next(one for name, one in worlds.items() if name != county)
    matrix, wrong, asked = oracle.read_record(), [], 0
    with kept_as_it_was(monkeypatch) as commits:
        walker = Walker(world, other, matrix, commits)
        for role in (Role.RESIDENT, *STAFF):
            walker.wear(role)
            for way in gets(app):
                for standing in _tried(way, role, matrix):
                    asked += 1
                    wrong += _look(walker, way, role, standing)
    print(f"{county}: {asked} lists read, {len(wrong)} wrong")  # noqa: T201  the figure of the run
    assert wrong == [], wrong


def _tried(way: Way, role: Role, matrix: oracle.Matrix) -> list[str]:
    standings = FAMILY if role is Role.RESIDENT else STANDINGS
    if any(role not in matrix[door] for door in way.doors):
        return [standings[0]]
    tables = [table for _, table in LISTS.get(way.rule, ())]
    tied = [one for one in standings if any(len(relations(table, one, role)) > 1 for table in tables)]
    return [*tied, *(one for one in standings if one in OUTSIDE)]


def _look(walker: Walker, way: Way, role: Role, standing: str) -> list[str]:
    world, matrix = walker.world, walker.matrix
    query = SEARCH.get(way.rule, "")
    answer = walker.ask(way, world.people[standing], world.resident_id, query)
    said = answer.said.replace("THING", str(world.resident_id))
    where = f"{way.name} | {role} as {standing}"
    if any(role not in matrix[door] for door in way.doors):
        return [] if answer.status == 403 else [f"{where}: {answer.status} at a closed door"]
    wrong = [f"{where}: {answer.status} {said[:200]}"] if answer.status not in (200, 303, 404) else []
    open_to_all = set()
    for hole, table in LISTS.get(way.rule, ()):
        wanted = expects(matrix, way.doors, way.operation.action, table, standing, role)
        shown = str(world.things[hole]) in said
        open_to_all |= {hole} if wanted else set()
        if shown != wanted:
            wrong.append(f"{where}: {hole} {'shown' if shown else 'missing'} {said[:150]}")
    if standing in OUTSIDE:
        told = WHO if standing == "for_oneself" and way.rule in NAMES_THE_FAMILY else set()
        marks = {world.name: "name", WORDS[world.county]: "words"} | {
            str(one): hole for hole, one in _secret(world) if hole not in open_to_all
        }
        wrong += [
            f"{where}: shows a stranger's {what}" for mark, what in marks.items() if mark in said and what not in told
        ]
    return wrong


def _secret(world: World) -> list[tuple[str, object]]:
    return [(hole, one) for hole, one in world.things.items() if hole != "membership_id"]
