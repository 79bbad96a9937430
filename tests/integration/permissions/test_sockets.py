"""Live hints: a ticket opens what is one's own, and a county's hint is heard in that county alone."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from backend.chat.hub import Hub, Line
from backend.chat_app import _add_routes
from backend.kernel.roles import Role
from backend.store.db import transaction
from backend.web import live
from tests.integration.permissions.world import FAMILY, STANDINGS, World

BACKEND = Path(__file__).parents[3] / "backend"
KINDS = {"account", "resident", "team", "practitioner", "institution"}
"""Every kind of topic: `heard` says who may hear it."""


def heard(world: World) -> dict[str, set[str]]:
    """Say by hand which standings hear which topic of the world."""
    sites = world.sites
    return {
        f"resident:{world.resident_id}": {"self", "proxy", "guardian"},
        f"team:{world.team_id}": {"team"},
        f"practitioner:{world.people['own'].practitioner_id}": {"own"},
        f"institution:{sites.house}": {"institution", "ward"},
        f"institution:{world.receiver}": {"receiver"},
        f"institution:{sites.stranger}": {"stranger"},
        f"account:{world.people['neighbour'].person.account_id}": {"neighbour"},
    }


def test_every_topic_is_of_a_known_kind() -> None:
    found = set()
    for path in BACKEND.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "hint(" in text:
            found |= set(re.findall(r'f"([a-z_]+):\{', text)) & (
                KINDS | set(re.findall(r'hint\([^)]*f"([a-z_]+):', text))
            )
    assert found <= KINDS
    assert found >= {"resident", "team", "institution"}


def test_no_way_into_the_chat_process_is_unmapped() -> None:
    made = Flask("sockets")
    _add_routes(made, Hub(lambda: pytest.fail("nothing is asked of Valkey")), "http://localhost")
    ways = {rule.rule for rule in made.url_map.iter_rules() if rule.endpoint != "static"}
    assert ways == {"/live/socket", "/live/events", "/healthz"}
    for way in ways - {"/healthz"}:
        for ticket in ("", "?ticket=short"):
            assert made.test_client().get(way + ticket).status_code == 401
        assert made.test_client().get(way, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_a_hint_is_heard_by_whom_it_is_for(app: Flask, worlds: dict[str, World], county: str) -> None:
    world = worlds[county]
    world.wear(Role.FAMILY_DOCTOR)
    hub, lines = Hub(lambda: pytest.fail("nothing is asked of Valkey")), {}
    for standing in (*STANDINGS, *FAMILY):
        answer = world.people[standing].person.post("/api/v1/live/tickets")
        assert answer.status_code == 201, answer.text
        ticket = answer.json["ticket"]
        with app.app_context(), transaction():
            redeemed = live.redeem_ticket(ticket)
        assert redeemed is not None, hashlib.sha256(ticket.encode()).hexdigest()
        redeemed["topics"] = frozenset(redeemed["topics"])
        lines[standing] = Line(**redeemed)
        hub.add(lines[standing])
    for topic, wanted in heard(world).items():
        hub.tell({"county": county, "topic": topic, "kind": "chat", "id": None, "seq": 1})
        listened = {standing for standing, line in lines.items() if not line.words.empty()}
        for line in lines.values():
            while not line.words.empty():
                assert set(json.loads(line.words.get())) == {"topic", "kind", "id", "seq"}
        assert listened == wanted, topic
