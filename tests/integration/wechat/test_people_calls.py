"""Login, phone number, opinion of a text, link: each against every answer it may get, and without a secret shown."""

import json
import traceback

import pytest
import requests

from backend.wechat.errors import (
    CodeRefused,
    ConfigurationWrong,
    LoginBlocked,
    PersonUnknown,
    QuotaUsedUp,
    RequestWrong,
    WeChatError,
    WeChatUnavailable,
)
from backend.wechat.gateway import Suggestion, TextScene
from backend.wechat.settings import WeChatSettings
from tests.integration.wechat.rig import CHECK, LINK, LOGIN, PHONE, SECRET, TOKEN, Rig

PHONE_INFO = {"phoneNumber": "13800000000", "purePhoneNumber": "13800000000", "countryCode": "86"}


def test_login_needs_no_token_even_when_the_token_quota_is_used_up(rig: Rig) -> None:
    rig.answers.post(TOKEN, json={"errcode": 45009, "errmsg": "quota"})
    rig.answers.get(LOGIN, json={"openid": "o-1", "session_key": "k3y", "unionid": "u-1"})
    result = rig.door.login("code")
    assert (result.openid, result.unionid) == ("o-1", "u-1")
    assert "k3y" not in repr(result)
    assert rig.calls(TOKEN) == 0
    assert rig.answers.calls[0].request.params == {
        "appid": "wx-ours",
        "secret": SECRET,
        "js_code": "code",
        "grant_type": "authorization_code",
    }


@pytest.mark.parametrize(
    ("errcode", "error"),
    [
        (40029, CodeRefused),
        (40163, CodeRefused),
        (40226, LoginBlocked),
        (45011, QuotaUsedUp),
        (45009, QuotaUsedUp),
        (40013, ConfigurationWrong),
        (40125, ConfigurationWrong),
        (40164, ConfigurationWrong),
        (41008, RequestWrong),
        (-1, WeChatUnavailable),
    ],
)
def test_refused_login_has_a_name_and_shows_nothing(
    rig: Rig, errcode: int, error: type[WeChatError], caplog: pytest.LogCaptureFixture
) -> None:
    rig.answers.get(LOGIN, json={"errcode": errcode, "errmsg": f"no, {SECRET}, rid: 6405-ab"})
    with pytest.raises(error) as caught:
        rig.door.login("the-c0de")
    _shows_nothing(caught.value, "the-c0de", SECRET, also=caplog.text)


@pytest.mark.parametrize(
    "broken",
    [
        requests.ReadTimeout(f"https://wechat.test/?secret={SECRET}&js_code=the-c0de"),
        requests.ConnectionError(f"https://wechat.test/?secret={SECRET}&js_code=the-c0de"),
        "<html>",
        '{"openid": 7}',
        "{}",
    ],
    ids=str,
)
def test_broken_login_shows_nothing(rig: Rig, broken: Exception | str, caplog: pytest.LogCaptureFixture) -> None:
    rig.answers.get(LOGIN, body=broken)
    with pytest.raises(WeChatUnavailable) as caught:
        rig.door.login("the-c0de")
    assert caught.value.reached
    _shows_nothing(caught.value, "the-c0de", SECRET, also=caplog.text)


def test_minute_quota_of_one_person_keeps_nobody_else_out(rig: Rig) -> None:
    rig.answers.get(LOGIN, json={"errcode": 45011, "errmsg": "frequency limit"})
    rig.answers.get(LOGIN, json={"openid": "o-2"})
    with pytest.raises(QuotaUsedUp):
        rig.door.login("impatient")
    assert rig.door.login("other").openid == "o-2"


def test_day_quota_of_the_login_answers_at_once(rig: Rig) -> None:
    rig.answers.get(LOGIN, json={"errcode": 45009, "errmsg": "quota"})
    for _ in range(3):
        with pytest.raises(QuotaUsedUp):
            rig.door.login("code")
    assert rig.calls(LOGIN) == 1


def test_phone_number_is_read_and_kept_out_of_repr(rig: Rig) -> None:
    rig.token()
    rig.answers.post(PHONE, json={"errcode": 0, "phone_info": PHONE_INFO | {"watermark": {"appid": "wx-ours"}}})
    phone = rig.door.phone_number("code")
    assert (phone.number, phone.country_code) == ("13800000000", "86")
    assert "13800000000" not in repr(phone)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"errcode": 40029, "errmsg": "invalid code"}, CodeRefused),
        ({"errcode": 0, "phone_info": PHONE_INFO | {"watermark": {"appid": "wx-theirs"}}}, ConfigurationWrong),
        ({"errcode": 0, "phone_info": PHONE_INFO}, WeChatUnavailable),
        ({"errcode": 0, "phone_info": "13800000000"}, WeChatUnavailable),
        ({"errcode": 0}, WeChatUnavailable),
    ],
)
def test_phone_number_that_is_not_ours_or_not_there(
    rig: Rig, body: dict[str, object], error: type[WeChatError]
) -> None:
    rig.token()
    rig.answers.post(PHONE, json=body)
    with pytest.raises(error) as caught:
        rig.door.phone_number("code")
    _shows_nothing(caught.value, "13800000000", SECRET, "T-1")


def test_long_text_is_checked_in_parts_and_the_worst_opinion_counts(rig: Rig) -> None:
    rig.token()
    for suggest, label in (("review", 10001), ("risky", 20002), ("pass", 100)):
        rig.answers.post(CHECK, json={"errcode": 0, "result": {"suggest": suggest, "label": label}})
    verdict = rig.door.check_text("o-1", TextScene.FORUM, "字" * 5001)
    assert (verdict.suggestion, verdict.label) == (Suggestion.RISKY, 20002)
    bodies = [json.loads(call.request.body) for call in rig.answers.calls[1:]]
    assert [len(one["content"]) for one in bodies] == [2500, 2500, 1]
    assert {(one["version"], one["scene"], one["openid"]) for one in bodies} == {(2, 3, "o-1")}


@pytest.mark.parametrize("result", [None, {}, {"suggest": "hm"}, "pass"])
def test_unreadable_opinion_is_for_a_person_to_look_at(rig: Rig, result: object) -> None:
    rig.token()
    rig.answers.post(CHECK, json={"errcode": 0, "result": result})
    assert rig.door.check_text("o-1", TextScene.COMMENT, "字").suggestion is Suggestion.REVIEW


def test_text_of_somebody_not_seen_lately(rig: Rig) -> None:
    rig.token()
    rig.answers.post(CHECK, json={"errcode": 61010, "errmsg": "code is expired"})
    with pytest.raises(PersonUnknown):
        rig.door.check_text("o-1", TextScene.COMMENT, "字")


def test_link_opens_a_page_and_ends_by_itself(rig: Rig) -> None:
    rig.token()
    rig.answers.post(LINK, json={"errcode": 0, "url_link": "https://wxaurl.cn/x"})
    assert rig.door.url_link("pages/home/index", "id=7", days=3) == "https://wxaurl.cn/x"
    assert json.loads(rig.answers.calls[-1].request.body) == {
        "path": "pages/home/index",
        "query": "id=7",
        "expire_type": 1,
        "expire_interval": 3,
    }
    with pytest.raises(ValueError, match="30"):
        rig.door.url_link("pages/home/index", "", days=31)


def test_answer_without_a_link(rig: Rig) -> None:
    rig.token()
    rig.answers.post(LINK, json={"errcode": 0})
    with pytest.raises(WeChatUnavailable):
        rig.door.url_link("pages/home/index", "")


def test_settings_hide_the_secret_and_refuse_nonsense() -> None:
    assert SECRET not in repr(WeChatSettings("wx", SECRET))
    for address in ("", "api.weixin.qq.com", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="http"):
            WeChatSettings("wx", SECRET, address)
    with pytest.raises(ValueError, match="stage"):
        WeChatSettings("wx", SECRET, stage="test")


def _shows_nothing(error: BaseException, *secrets: str, also: str = "") -> None:
    """Neither the error, its traceback nor anything it drags along shows a secret."""
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error)) + repr(error) + str(error) + repr(vars(error)) + also
    # The traceback quotes the test's own source line, which names the code it sends.
    shown = shown.replace('rig.door.login("the-c0de")', "")
    assert not any(secret in shown for secret in secrets)
