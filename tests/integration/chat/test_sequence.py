"""I-16: numbers without a gap, none twice, in one order for everybody, whoever writes at once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backend.chat import service
from backend.chat.models import Conversation, Message
from backend.store.db import transaction
from tests.integration.chat.conftest import make_talk

WRITERS = 20


@pytest.mark.parametrize("messages", [20, pytest.param(200, marks=pytest.mark.proof)])
def test_twenty_writers_leave_no_gap(app, talk, messages) -> None:
    with app.app_context(), transaction():
        actors = [talk.person.actor(), talk.team.leader.actor(), talk.team.village_doctor.actor()]

    def write(number: int) -> list[int]:
        actor, seqs = actors[number % len(actors)], []
        with app.app_context():
            for turn in range(messages):
                client = uuid4()
                # Every tenth is sent again at once, as a phone does that did not hear the answer.
                for _ in range(2 if turn % 10 == 0 else 1):
                    with transaction():
                        message, _ = service.say(actor, UUID(talk.id), f"{number}-{turn}", client)
                seqs.append(message.seq)
        return seqs

    with ThreadPoolExecutor(6) as pool:
        by_writer = list(pool.map(write, range(WRITERS)))
    assert sorted(seq for seqs in by_writer for seq in seqs) == list(range(1, WRITERS * messages + 1))
    assert all(seqs == sorted(seqs) for seqs in by_writer)
    heard: list[int] = []
    while True:
        page = talk.person.get(f"/api/v1/conversations/{talk.id}/messages?limit=100&after={len(heard)}").json
        heard += [message["seq"] for message in page["items"]]
        if not page["more"]:
            break
    assert heard == list(range(1, WRITERS * messages + 1))
    with app.app_context(), transaction() as current:
        assert current.get_one(Conversation, ("xinmi", UUID(talk.id))).last_seq == WRITERS * messages


def test_the_same_message_sent_eight_times_at_once_takes_one_number(app) -> None:
    talk = make_talk(app)
    for _ in range(5):
        client = uuid4()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _, c=client: talk.say(talk.person, "同一句", c), range(8)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json["seq"] for answer in answers}) == 1
    with app.app_context(), transaction() as current:
        seqs = current.scalars(
            select(Message.seq).where(Message.conversation_id == UUID(talk.id)).order_by(Message.seq)
        ).all()
        assert list(seqs) == [1, 2, 3, 4, 5]
        assert current.get_one(Conversation, ("xinmi", UUID(talk.id))).last_seq == 5
