"""Same key, same answer; another body, refused; twins at once, one effect."""

import threading
from uuid import uuid4

from sqlalchemy import func, select

from backend.store.db import session, transaction
from backend.store.idempotency import Answer, Slot, begin, fingerprint, keep
from backend.web.live import LiveTicket
from tests.factories import resident_person


def slot(key: str, account, body: bytes = b"{}") -> Slot:
    return Slot("xinmi", account, key, fingerprint("POST", "/x", body))


def test_a_replay_gives_the_kept_answer(app, context) -> None:
    account, key = uuid4(), uuid4().hex
    with transaction() as current:
        assert begin(current, slot(key, account)) is None
        keep(current, slot(key, account), Answer(201, '{"名":"王桂兰"}'.encode(), '"1"'))
    with transaction() as current:
        assert begin(current, slot(key, account)) == Answer(201, '{"名":"王桂兰"}'.encode(), '"1"')


def test_another_body_under_the_key_is_refused(app, context) -> None:
    import pytest

    from backend.kernel.errors import Invalid

    account, key = uuid4(), uuid4().hex
    with transaction() as current:
        begin(current, slot(key, account))
        keep(current, slot(key, account), Answer(201, b"{}", None))
    with pytest.raises(Invalid) as error, transaction() as current:
        begin(current, slot(key, account, b'{"other":1}'))
    assert error.value.code == "key_reused"


def test_eight_twins_have_one_effect_and_one_answer(app, context) -> None:
    account, key = uuid4(), uuid4().hex
    made, answers = [], []

    def run(number: int) -> None:
        with app.app_context(), transaction() as current:
            kept = begin(current, slot(key, account))
            if kept is None:
                made.append(number)
                keep(current, slot(key, account), Answer(200, str(number).encode(), None))
                answers.append(str(number).encode())
            else:
                answers.append(kept.body)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(answers) == 8
    assert len(set(answers)) == 1


def test_a_ticket_is_made_and_a_bare_request_is_refused(app) -> None:
    person, _ = resident_person(app)
    made = person.post("/api/v1/live/tickets")
    assert made.status_code == 201
    assert made.json["url"].startswith("ws")
    with app.app_context():
        count = session().scalar(
            select(func.count()).select_from(LiveTicket).where(LiveTicket.account_id == person.account_id)
        )
    assert count == 1
    refused = app.test_client().post("/api/v1/live/tickets")
    assert refused.status_code == 401
    assert refused.json["code"] == "not_signed_in"
    assert refused.mimetype == "application/problem+json"
