"""Our client and WeChat's rules, over real HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.wechat.errors import CodeRefused, ConfigurationWrong, PersonUnknown, WeChatUnavailable
from backend.wechat.gateway import Outcome, SubscribeMessage, Suggestion, TextScene
from backend.wechat.templates import STAND_IN_TEMPLATES, NoticeKind, TemplateBook
from tests.integration.platform.standin import SEND, StandIn

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
DUE = NoticeKind.FOLLOW_UP_DUE
TEMPLATE = STAND_IN_TEMPLATES[DUE].template_id


def _notice(openid: str = "o-li", page: str | None = "pages/home/index?id=7") -> SubscribeMessage:
    return TemplateBook().notice(DUE, openid, NOON, page)


def test_login_code_works_once(platform: StandIn) -> None:
    door = platform.door()
    code = platform.ask("/mock/login-code", {"openid": "o-li"})["code"]
    assert door.login(code).openid == "o-li"
    with pytest.raises(CodeRefused) as caught:
        door.login(code)
    assert caught.value.errcode == 40163


def test_login_code_ends_after_five_minutes_and_a_made_up_one_never_works(platform: StandIn) -> None:
    code = platform.ask("/mock/login-code", {"openid": "o-li"})["code"]
    platform.ask("/mock/time", {"seconds": 301})
    for wrong in (code, "made-up", ""):
        with pytest.raises(CodeRefused) as caught:
            platform.door().login(wrong)
        assert caught.value.errcode == 40029


def test_wrong_secret_is_the_operators_business(platform: StandIn) -> None:
    door = platform.door(secret="wrong")
    with pytest.raises(ConfigurationWrong) as caught:
        door.login(platform.ask("/mock/login-code", {"openid": "o-li"})["code"])
    assert caught.value.errcode == 40125
    result = door.send(_notice())
    assert (result.outcome, result.configuration) == (Outcome.RETRY_LATER, True)


def test_phone_code_works_once(platform: StandIn) -> None:
    door = platform.door()
    code = platform.ask("/mock/phone-code", {"openid": "o-li"})["code"]
    assert door.phone_number(code).number == "13800000001"
    with pytest.raises(CodeRefused):
        door.phone_number(code)
    typed = platform.ask("/mock/phone-code", {"openid": "o-wang", "phone": "13900000002"})["code"]
    assert door.phone_number(typed).number == "13900000002"


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_of_notice_is_taken_and_reaches_the_inbox(platform: StandIn, kind: NoticeKind) -> None:
    template = STAND_IN_TEMPLATES[kind].template_id
    platform.accept("o-li", template)
    result = platform.door().send(TemplateBook().notice(kind, "o-li", NOON, "pages/home/index"))
    assert result.outcome is Outcome.SENT
    [card] = platform.ask("/mock/inbox?openid=o-li")
    assert (card["template"], card["page"]) == (template, "pages/home/index")
    assert "2026年1月5日 12:00" in card["fields"].values()
    assert platform.ask("/mock/inbox?openid=o-wang") == []
    assert result.message_id == str(platform.sends()[0]["msgid"])


def test_each_accepted_popup_allows_one_notice(platform: StandIn) -> None:
    door = platform.door()
    assert door.send(_notice()).outcome is Outcome.NO_CREDIT
    platform.accept("o-li", TEMPLATE)
    platform.accept("o-li", TEMPLATE)
    outcomes = [door.send(_notice()).outcome for _ in range(3)]
    assert outcomes == [Outcome.SENT, Outcome.SENT, Outcome.NO_CREDIT]
    assert len(platform.sends()) == 2


def test_revoked_template_allows_none(platform: StandIn) -> None:
    platform.accept("o-li", TEMPLATE)
    platform.ask("/mock/revoke", {"openid": "o-li", "template_ids": [TEMPLATE]})
    assert platform.door().send(_notice()).outcome is Outcome.NO_CREDIT


def test_expired_token_is_renewed_once(platform: StandIn) -> None:
    door = platform.door()
    for _ in range(3):
        platform.accept("o-li", TEMPLATE)
    assert door.send(_notice()).outcome is Outcome.SENT
    platform.ask("/mock/time", {"seconds": 7201})
    assert door.send(_notice()).outcome is Outcome.SENT
    assert door.send(_notice()).outcome is Outcome.SENT
    assert platform.ask("/mock/ledger")["token_fetches"] == 2


def test_refused_token_once_and_for_ever(platform: StandIn) -> None:
    door = platform.door()
    platform.accept("o-li", TEMPLATE)
    platform.misbehave(SEND, "bad_token")
    assert door.send(_notice()).outcome is Outcome.SENT
    platform.misbehave(SEND, "bad_token", times=1000)
    result = door.send(_notice())
    assert (result.outcome, result.configuration) == (Outcome.RETRY_LATER, True)
    assert platform.ask("/mock/ledger")["token_fetches"] == 3


def test_two_processes_share_one_token(platform: StandIn) -> None:
    platform.accept("o-li", TEMPLATE)
    platform.accept("o-li", TEMPLATE)
    first, second = platform.door(), platform.door()
    assert [first.send(_notice()).outcome, second.send(_notice()).outcome] == [Outcome.SENT, Outcome.SENT]


def test_dropped_line_after_acceptance_is_unknown_and_sent_exactly_once(platform: StandIn) -> None:
    platform.accept("o-li", TEMPLATE)
    platform.accept("o-li", TEMPLATE)
    door = platform.door()
    platform.misbehave(SEND, "drop_after_accept")
    assert door.send(_notice()).outcome is Outcome.UNKNOWN
    assert len(platform.sends()) == 1
    assert door.send(_notice()).outcome is Outcome.SENT


@pytest.mark.parametrize(("mode", "accepted"), [("html", 0), ("cut", 1)])
def test_unreadable_answer_is_unknown_and_not_repeated(platform: StandIn, mode: str, accepted: int) -> None:
    platform.accept("o-li", TEMPLATE)
    platform.misbehave(SEND, mode)
    assert platform.door().send(_notice()).outcome is Outcome.UNKNOWN
    assert len(platform.sends()) == accepted


def test_slow_answer_is_given_up_in_time_and_unknown(platform: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.wechat.sdk.READ_SECONDS", 0.3)
    platform.accept("o-li", TEMPLATE)
    platform.misbehave(SEND, "slow", seconds=1.5)
    assert platform.door().send(_notice()).outcome is Outcome.UNKNOWN


def test_busy_platform_is_asked_again(platform: StandIn) -> None:
    platform.accept("o-li", TEMPLATE)
    platform.misbehave(SEND, "busy", times=3)
    assert platform.door().send(_notice()).outcome is Outcome.SENT
    platform.misbehave(SEND, "busy", times=4)
    assert platform.door().send(_notice()).outcome is Outcome.RETRY_LATER


def test_used_up_quota_stops_the_sends(platform: StandIn) -> None:
    platform.misbehave(SEND, "errcode", errcode=45009)
    platform.accept("o-li", TEMPLATE)
    door = platform.door()
    for _ in range(2):
        result = door.send(_notice())
        assert result.outcome is Outcome.RETRY_LATER
        assert result.until is not None
        assert result.until.astimezone(UTC).hour == 16
    assert platform.sends() == []


def test_platform_that_is_gone_is_asked_later(platform: StandIn) -> None:
    door = platform.door()
    platform.accept("o-li", TEMPLATE)
    assert door.send(_notice()).outcome is Outcome.SENT
    platform.stop()
    result = door.send(_notice())
    assert result.outcome is Outcome.RETRY_LATER
    assert result.until is not None
    assert result.until > datetime.now(UTC) + timedelta(seconds=30)
    with pytest.raises(WeChatUnavailable) as caught:
        door.login("code")
    assert not caught.value.reached


@pytest.mark.parametrize(
    ("message", "errcode"),
    [
        (SubscribeMessage("o-nobody", TEMPLATE, {}), 40003),
        (SubscribeMessage("o-li", "T-unknown", {}), 40037),
        (SubscribeMessage("o-li", TEMPLATE, {"thing1": "好", "time2": "15:01:30", "thing3": "好"}), 47003),
    ],
)
def test_wrong_notice_is_rejected_for_good(platform: StandIn, message: SubscribeMessage, errcode: int) -> None:
    platform.accept("o-li", TEMPLATE)
    result = platform.door().send(message)
    assert (result.outcome, result.errcode) == (Outcome.REJECTED, errcode)
    assert result.keyword == ("time2" if errcode == 47003 else None)


def test_page_that_was_never_released_is_left_out(platform: StandIn) -> None:
    platform.accept("o-li", TEMPLATE)
    assert platform.door().send(_notice(page="no/such/page")).outcome is Outcome.SENT
    assert platform.sends()[0]["page"] is None


def test_text_is_judged_for_people_seen_lately_only(platform: StandIn) -> None:
    door = platform.door()
    with pytest.raises(PersonUnknown):
        door.check_text("o-wang", TextScene.PROFILE, "家庭医生王某")
    door.login(platform.ask("/mock/login-code", {"openid": "o-wang"})["code"])
    assert door.check_text("o-wang", TextScene.PROFILE, "家庭医生王某").suggestion is Suggestion.PASS
    assert door.check_text("o-wang", TextScene.FORUM, "字" * 3000 + "刷单返利").suggestion is Suggestion.RISKY
    platform.ask("/mock/time", {"seconds": 7300})
    with pytest.raises(PersonUnknown):
        door.check_text("o-wang", TextScene.PROFILE, "家庭医生王某")


def test_link_is_made_for_a_page_that_exists(platform: StandIn) -> None:
    door = platform.door()
    assert door.url_link("pages/home/index", "id=7").startswith(platform.url + "/link/")
    with pytest.raises(ConfigurationWrong):
        door.url_link("no/such/page", "")
