"""A resident under contract, their team, and their conversation."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask

from tests import factories
from tests.integration.contracts.conftest import Team, make_team, signed, turn

__all__ = ["turn"]


@dataclass(frozen=True)
class Talk:
    team: Team
    person: factories.Person
    resident_id: UUID
    contract_id: str
    id: str

    def say(self, who: factories.Person, words: str, client: UUID | None = None):
        body = {"text": words, "client_message_id": client or uuid4()}
        return who.post(f"/api/v1/conversations/{self.id}/messages", body)

    def heard(self, who: factories.Person, query: str = "") -> list[dict]:
        return who.get(f"/api/v1/conversations/{self.id}/messages{query}").json["items"]


def make_talk(app: Flask, team: Team | None = None) -> Talk:
    team = team or make_team(app)
    person, resident_id, contract_id = signed(app, team)
    opened = person.post("/api/v1/conversations")
    assert opened.status_code == 201, opened.text
    return Talk(team, person, resident_id, contract_id, opened.json["id"])


@pytest.fixture
def talk(app: Flask) -> Talk:
    return make_talk(app)
