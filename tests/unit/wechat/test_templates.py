"""Every kind of notice has words that fit, and none that tell a passer-by anything."""

import json
from datetime import UTC, datetime

import pytest

from backend.wechat.keywords import width
from backend.wechat.templates import WORDING, NoticeKind, TemplateBook, as_time, read_book

NOON = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
REAL = {kind.value: {"id": f"id-{kind.value}"} for kind in NoticeKind}


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_becomes_a_notice_within_the_limits(kind: NoticeKind) -> None:
    message = TemplateBook().notice(kind, "o-1", NOON, "pages/home/index")
    assert message.values["time2"] == "2026年1月5日 09:00"
    assert message.values["thing1"] == WORDING[kind].what
    assert all(0 < width(value) <= 20 for keyword, value in message.values.items() if keyword.startswith("thing"))


def test_health_notices_all_read_the_same_so_that_the_card_betrays_nothing() -> None:
    health = (NoticeKind.FOLLOW_UP_DUE, NoticeKind.HEALTH_ALERT, NoticeKind.PRESCRIPTION_RENEWAL)
    assert {WORDING[kind].what for kind in health} == {"您有一条健康提醒"}
    assert not any(word in one.what + one.do for one in WORDING.values() for word in ("药", "病", "血", "科", "方"))


def test_time_without_a_zone_is_a_defect() -> None:
    with pytest.raises(ValueError, match="aware"):
        as_time(datetime(2026, 1, 5))  # noqa: DTZ001


def test_setting_names_templates_and_their_keywords() -> None:
    found = REAL | {"chat_message": {"id": "X", "what": "thing7", "when": "date3", "do": "phrase4", "long_term": True}}
    book = read_book(json.dumps(found))
    assert book.templates[NoticeKind.CHAT_MESSAGE].what == "thing7"
    assert book.templates[NoticeKind.CHAT_MESSAGE].long_term
    assert book.kind_of("id-task_waiting") is NoticeKind.TASK_WAITING
    assert book.kind_of("somebody else's") is None


def test_empty_setting_means_the_stand_in() -> None:
    assert read_book(" ") == TemplateBook()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        "not json",
        json.dumps({k: v for k, v in REAL.items() if k != "chat_message"}),
        json.dumps(REAL | {"weather": {"id": "1"}}),
        json.dumps(REAL | {"chat_message": {"id": ""}}),
        json.dumps(REAL | {"chat_message": {"id": "1", "colour": "red"}}),
        json.dumps(REAL | {"chat_message": {"id": "1", "what": "thing"}}),
        json.dumps(REAL | {"chat_message": {"id": "1", "what": "thing3"}}),
    ],
)
def test_wrong_setting_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_book(text)
