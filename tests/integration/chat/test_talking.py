"""Text both ways, history by cursor, kept when it is over, a notice when away."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from backend.chat.models import Message
from backend.chat.waiting import tell_waiting
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.people.models import Account, Resident
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.integration.contracts.conftest import ask, make_team


def look(app, county: str = "xinmi") -> int:
    with app.app_context(), transaction() as current:
        return tell_waiting(current, county)


def rows_of(app, model, **where):
    with app.app_context(), transaction() as current:
        query = select(model)
        for name, value in where.items():
            query = query.where(getattr(model, name) == value)
        return list(current.scalars(query))


def test_words_go_both_ways_in_order_with_names(talk) -> None:
    assert talk.say(talk.person, "医生，我的药快吃完了").json["seq"] == 1
    assert talk.say(talk.team.leader, "明天来拿").json["seq"] == 2
    assert talk.say(talk.team.village_doctor, "我给您带去").json["seq"] == 3
    heard = talk.heard(talk.person)
    assert [(m["seq"], m["side"], m["mine"], m["author_part"]) for m in heard] == [
        (1, "resident", True, "本人"),
        (2, "team", False, "家庭医生"),
        (3, "team", False, "村医"),
    ]
    assert [m["text"] for m in talk.heard(talk.team.leader)] == [m["text"] for m in heard]
    assert [m["mine"] for m in talk.heard(talk.team.leader)] == [False, True, False]


def test_history_comes_by_cursor_each_message_once(talk) -> None:
    for number in range(1, 8):
        talk.say(talk.person, f"第{number}句")
    assert [m["seq"] for m in talk.heard(talk.person, "?limit=3")] == [5, 6, 7]
    assert [m["seq"] for m in talk.heard(talk.person, "?before=5&limit=3")] == [2, 3, 4]
    page = talk.person.get(f"/api/v1/conversations/{talk.id}/messages?after=2&limit=3").json
    assert ([m["seq"] for m in page["items"]], page["more"], page["last_seq"]) == ([3, 4, 5], True, 7)
    assert talk.heard(talk.person, "?after=7") == []


def test_sending_again_is_not_saying_twice(talk) -> None:
    client = uuid4()
    first, again = talk.say(talk.person, "在吗", client), talk.say(talk.person, "在吗", client)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert talk.say(talk.person, "换了话", client).status_code == 409
    assert talk.say(talk.team.leader, "在吗", client).status_code == 409
    assert [m["seq"] for m in talk.heard(talk.person)] == [1]
    assert talk.say(talk.person, "下一句").json["seq"] == 2


@pytest.mark.parametrize("words", ["", "   ", "长" * 2001])
def test_empty_and_endless_words_are_refused(talk, words) -> None:
    refused = talk.say(talk.person, words)
    assert refused.status_code == 422
    assert refused.json["violations"][0]["text"]


def test_rare_characters_are_kept(talk) -> None:
    words = "㛃爨䶮𠮷 · ཨ\u200b <b>粗</b> ' OR 1=1 --"
    assert talk.say(talk.person, words).json["text"] == words
    assert talk.heard(talk.team.leader)[0]["text"] == words


def test_what_was_said_is_sealed_and_cannot_be_changed(app, talk) -> None:
    talk.say(talk.person, "我有高血压秘密")
    with app.app_context(), transaction() as current:
        raw = current.execute(
            text("SELECT text_sealed FROM message WHERE conversation_id = :id"), {"id": talk.id}
        ).scalar_one()
        assert "高血压".encode() not in raw
    for change in ("UPDATE message SET author_name = 'x'", "DELETE FROM message"):
        with app.app_context(), pytest.raises(DBAPIError, match="never changed"), transaction() as current:
            current.execute(text(change))


def test_strangers_hear_and_say_nothing(app, talk) -> None:
    talk.say(talk.person, "只给医生看")
    stranger, _ = factories.resident_person(app)
    other = make_team(app)
    nurse, _ = factories.staff_person(app, "th-yuanzhuang", Role.TEAM_NURSE)
    for who in (stranger, other.leader, other.village_doctor, nurse):
        assert who.get(f"/api/v1/conversations/{talk.id}").status_code == 404
        assert who.get(f"/api/v1/conversations/{talk.id}/messages").status_code == 404
        assert talk.say(who, "偷看").status_code == 404
        assert who.post(f"/api/v1/conversations/{talk.id}/read", {"seq": 1}).status_code == 404
        assert who.get("/api/v1/conversations").json["items"] == []
    assert talk.team.office.get("/api/v1/conversations").status_code == 403


def test_the_daughter_speaks_for_her_mother_under_her_own_name(app, talk) -> None:
    daughter, _ = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        account = current.get_one(Account, ("xinmi", daughter.account_id))
        factories.make_family(current, current.get_one(Resident, ("xinmi", talk.resident_id)), account)
    assert talk.say(daughter, "我妈头晕").status_code == 404
    daughter.acting_for = talk.resident_id
    said = talk.say(daughter, "我妈有点不舒服").json
    assert (said["author_name"], said["author_part"], said["side"]) == ("家人", "女儿", "resident")


def test_without_a_contract_there_is_nobody_to_ask_and_it_is_said_how(app) -> None:
    person, _ = factories.resident_person(app)
    refused = person.post("/api/v1/conversations")
    broken = refused.json["violations"][0]
    assert (broken["rule"], broken["source"]["id"]) == ("chat.contract_required", "S-chat")
    assert "签" in broken["instead"]


def test_after_the_end_all_is_kept_and_nothing_added(app, talk) -> None:
    talk.say(talk.person, "谢谢医生")
    talk.person.post(f"/api/v1/contracts/{talk.contract_id}/end", {"reason": "own_wish"})
    for who in (talk.person, talk.team.leader):
        assert [m["text"] for m in talk.heard(who)] == ["谢谢医生"]
        refused = talk.say(who, "再说一句")
        assert refused.status_code == 422
        assert refused.json["violations"][0]["rule"] == "chat.contract_required"
        assert "已经结束" in refused.json["violations"][0]["text"]
        shown = who.get(f"/api/v1/conversations/{talk.id}").json
        assert (shown["open"], shown["actions"]) == (False, [])
        assert shown["closed_text"]
    newcomer, practitioner_id = factories.staff_person(app, "th-yuanzhuang", Role.FAMILY_DOCTOR)
    with app.app_context(), transaction() as current:
        from datetime import date

        from backend.contracts.models import CareTeamMember

        current.add(
            CareTeamMember(
                county_id="xinmi",
                team_id=talk.team.id,
                practitioner_id=practitioner_id,
                part="doctor",
                from_on=date(2090, 1, 1),
            )
        )
    assert newcomer.get(f"/api/v1/conversations/{talk.id}").status_code == 404


def test_who_joins_the_team_later_does_not_read_what_was_over_before(app, talk, turn) -> None:
    from datetime import date

    from backend.contracts.models import CareTeamMember

    talk.person.post(f"/api/v1/contracts/{talk.contract_id}/end", {"reason": "own_wish"})
    turn(timedelta(days=3))
    newcomer, practitioner_id = factories.staff_person(app, "th-yuanzhuang", Role.FAMILY_DOCTOR)
    with app.app_context(), transaction() as current:
        from backend.contracts.queries import today

        assert today() > date(2020, 1, 1)
        current.add(
            CareTeamMember(
                county_id="xinmi",
                team_id=talk.team.id,
                practitioner_id=practitioner_id,
                part="doctor",
                from_on=today(),
            )
        )
    assert newcomer.get(f"/api/v1/conversations/{talk.id}").status_code == 404
    assert talk.team.leader.get(f"/api/v1/conversations/{talk.id}").status_code == 200


def test_changing_team_keeps_the_old_talk_and_opens_a_new_one(app, talk) -> None:
    talk.say(talk.person, "问了没人答")
    other = make_team(app)
    second = ask(talk.person, other).json["items"][0]["id"]
    other.leader.post(f"/api/v1/contracts/{second}/accept")
    mine = talk.person.get("/api/v1/conversations").json["items"]
    assert [(one["team_id"], one["open"]) for one in mine] == [(str(other.id), True), (str(talk.team.id), False)]
    assert other.leader.get(f"/api/v1/conversations/{talk.id}").status_code == 404
    tasks = rows_of(app, Task, focus_id=UUID(talk.id), kind="chat_waiting")
    assert [(task.status, task.practitioner_id) for task in tasks] == [("open", talk.team.leader_id)]


def test_the_cursor_only_goes_forward_and_the_other_side_never_sees_it(talk) -> None:
    for word in ("一", "二", "三"):
        talk.say(talk.team.leader, word)
    shown = talk.person.get(f"/api/v1/conversations/{talk.id}").json
    assert (shown["unread"], shown["read_seq"]) == (3, 0)
    for seq in (2, 1, 999):
        assert talk.person.post(f"/api/v1/conversations/{talk.id}/read", {"seq": seq}).status_code == 204
        if seq == 1:
            assert talk.person.get(f"/api/v1/conversations/{talk.id}").json["read_seq"] == 2
    assert talk.person.get(f"/api/v1/conversations/{talk.id}").json["unread"] == 0
    seen_by_team = talk.team.leader.get(f"/api/v1/conversations/{talk.id}").json
    assert seen_by_team["read_seq"] == 3
    assert not any("read" in key for key in talk.heard(talk.team.leader)[0])


def test_unseen_for_three_minutes_is_told_once_without_a_word_of_it(app, talk, turn) -> None:
    look(app)
    talk.say(talk.team.leader, "您的化验单有点高")
    talk.say(talk.team.leader, "来一趟")
    assert not rows_of(app, Notice, resident_id=talk.resident_id, kind="chat_message")
    turn(timedelta(minutes=4))
    assert look(app) >= 1
    assert look(app) == 0
    notices = rows_of(app, Notice, resident_id=talk.resident_id, kind="chat_message")
    assert [(n.status, n.urgent, n.fields) for n in notices] == [("due", False, {})]
    assert "化验" not in str(vars(notices[0]))
    talk.person.post(f"/api/v1/conversations/{talk.id}/read", {"seq": 2})
    assert rows_of(app, Notice, id=notices[0].id)[0].status == "cancelled"


def test_who_is_on_the_page_is_not_told(app, talk, turn) -> None:
    talk.say(talk.team.leader, "在的")
    talk.person.post(f"/api/v1/conversations/{talk.id}/read", {"seq": 1})
    turn(timedelta(minutes=30))
    look(app)
    assert not rows_of(app, Notice, resident_id=talk.resident_id, kind="chat_message")


def test_an_unanswered_question_waits_on_a_named_doctors_list_until_answered_not_until_read(app, talk, turn) -> None:
    talk.say(talk.person, "药能停吗")
    talk.team.leader.post(f"/api/v1/conversations/{talk.id}/read", {"seq": 1})
    turn(timedelta(minutes=11))
    look(app)
    task = rows_of(app, Task, focus_id=UUID(talk.id), kind="chat_waiting")[0]
    assert (task.status, task.practitioner_id) == ("open", talk.team.leader_id)
    assert task.detail["seq"] == 1
    assert [step["practitioner_id"] or step["role"] for step in task.ladder] == [
        str(talk.team.village_doctor_id),
        "public_health",
    ]
    listed = talk.team.leader.get("/api/v1/conversations").json["items"]
    assert listed[0]["waiting_since"] is not None
    talk.say(talk.team.village_doctor, "先别停")
    assert rows_of(app, Task, id=task.id)[0].status == "done"
    assert talk.team.leader.get("/api/v1/conversations").json["items"][0]["waiting_since"] is None


@pytest.mark.parametrize(
    ("words", "codes", "priority"),
    [
        ("我爹胸口疼喘不上气", ["chest"], "stat"),
        ("我没有胸痛，就是问问", [], None),
        ("伤口流脓了", ["wound"], "urgent"),
    ],
)
def test_danger_words_are_answered_at_once_and_reach_a_doctor(app, talk, words, codes, priority) -> None:
    said = talk.say(talk.person, words).json
    assert [one["code"] for one in said["advice"]] == codes
    tasks = rows_of(app, Task, focus_id=UUID(talk.id), kind="chat_danger")
    if not codes:
        assert tasks == []
        return
    assert (said["advice"][0]["phone"], said["advice"][0]["sample"]) == ("120", True)
    assert [(t.priority, t.practitioner_id, t.detail["groups"]) for t in tasks] == [
        (priority, talk.team.leader_id, codes)
    ]
    assert [step["minutes"] for step in tasks[0].ladder] == [15, 15]
    notices = rows_of(app, Notice, focus_id=UUID(talk.id), kind="task_waiting")
    assert [(n.practitioner_id, n.urgent) for n in notices] == [(talk.team.leader_id, True)]
    assert talk.team.leader.get("/api/v1/conversations").json["items"][0]["urgent"]


@pytest.mark.clause("XM-5.2c")
def test_an_answered_question_counts_once_as_work_done(app, talk) -> None:
    from backend.jobs.relay import drain

    talk.say(talk.team.leader, "提醒您量血压")
    talk.say(talk.person, "早上吃还是晚上吃？")
    talk.say(talk.team.leader, "早上")
    talk.say(talk.team.leader, "饭后")
    drain(app)
    items = talk.team.leader.get("/api/v1/workload").json["items"]
    assert [(one["services"], one["points"]) for one in items] == [({"chat-answer": 1}, 1)]


def test_the_alarm_goes_off_when_a_clinician_has_reached_the_person(app, talk) -> None:
    talk.say(talk.person, "胸口疼")
    refused = talk.person.post(f"/api/v1/conversations/{talk.id}/take-charge")
    assert (refused.status_code, refused.json["code"]) == (403, "team_only")
    talk.say(talk.team.leader, "我马上打给您")
    shown = talk.team.village_doctor.get(f"/api/v1/conversations/{talk.id}").json
    assert (shown["urgent"], shown["actions"]) == (True, ["say", "take_charge"])
    done = talk.team.village_doctor.post(f"/api/v1/conversations/{talk.id}/take-charge").json
    assert (done["urgent"], done["actions"]) == (False, ["say"])
    tasks = rows_of(app, Task, focus_id=UUID(talk.id), kind="chat_danger")
    assert [(task.status, task.outcome) for task in tasks] == [("done", "contacted")]


def test_a_doctor_who_writes_danger_words_raises_no_alarm(app, talk) -> None:
    assert talk.say(talk.team.leader, "要是胸口疼就打 120").json["advice"] == []
    assert rows_of(app, Task, focus_id=UUID(talk.id), kind="chat_danger") == []


def test_opening_the_history_as_a_doctor_is_on_record(app, talk) -> None:
    talk.say(talk.person, "您好")
    talk.heard(talk.person)
    talk.heard(talk.team.leader)
    talk.heard(talk.team.leader, "?after=0")
    seen = rows_of(app, AuditEvent, entity_id=UUID(talk.id), action="conversation.read")
    assert [(row.account_id, row.resident_id) for row in seen] == [(talk.team.leader.account_id, talk.resident_id)]


def test_the_longest_waiting_comes_first_for_the_team(app, talk) -> None:
    from tests.integration.chat.conftest import make_talk

    later = make_talk(app, talk.team)
    talk.say(talk.person, "我先问的")
    later.say(later.person, "我后问的")
    ids = [one["id"] for one in talk.team.leader.get("/api/v1/conversations").json["items"]]
    assert ids == [talk.id, later.id]
    later.say(later.person, "喝农药了怎么办")
    ids = [one["id"] for one in talk.team.leader.get("/api/v1/conversations").json["items"]]
    assert ids == [later.id, talk.id]


def test_too_fast_is_stopped_and_an_absent_valkey_is_no_reason_to_be_silent(app, talk, monkeypatch) -> None:
    import redis

    from backend.chat import api
    from backend.web import live

    monkeypatch.setattr(api, "PER_MINUTE", 2)
    answers = [talk.say(talk.person, "快").status_code for _ in range(4)]
    assert 429 in answers

    def away():
        raise redis.ConnectionError("away")

    monkeypatch.setattr(live, "valkey", away)
    assert talk.say(talk.person, "还能说").status_code == 201
    assert rows_of(app, Message, conversation_id=UUID(talk.id))


def test_the_badge_counts_what_the_team_has_not_seen(app, talk) -> None:
    unread = "/api/v1/conversations/unread"
    assert talk.team.leader.get(unread).json == {"team": 0, "resident": 0}
    for words in ("医生在吗", "药吃完了"):
        talk.say(talk.person, words)
    assert talk.team.leader.get(unread).json == {"team": 2, "resident": 0}
    stranger = make_team(app).leader
    assert stranger.get(unread).json == {"team": 0, "resident": 0}
    talk.team.leader.post(f"/api/v1/conversations/{talk.id}/read", {"seq": 2})
    talk.say(talk.team.leader, "明天来拿")
    assert talk.team.leader.get(unread).json["team"] == 0
    assert talk.person.get(unread).json == {"team": 0, "resident": 1}


def test_the_record_leads_to_the_talk_about_one_person(app, talk) -> None:
    talk.say(talk.person, "医生在吗")
    path = "/api/v1/conversations?resident_id="
    assert [one["id"] for one in talk.team.leader.get(f"{path}{talk.resident_id}").json["items"]] == [talk.id]
    assert talk.team.leader.get(f"{path}{uuid4()}").json["items"] == []
    assert make_team(app).leader.get(f"{path}{talk.resident_id}").json["items"] == []
