"""A notice is sent once, and every way it can end has its outcome."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from backend.wechat.gateway import Outcome
from tests.integration.wechat.rig import MESSAGE, SEND, TOKEN, Rig

ACCEPTED = {"errcode": 0, "errmsg": "ok", "msgid": 1700827132819554304}


def test_accepted_notice_is_sent_in_plain_characters(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, json=ACCEPTED)
    result = rig.door.send(MESSAGE)
    assert (result.outcome, result.message_id) == (Outcome.SENT, "1700827132819554304")
    request = rig.answers.calls[-1].request
    assert request.url == f"{SEND}?access_token=T-1"
    assert "您有一条健康提醒".encode() in request.body
    assert json.loads(request.body) == {
        "touser": "o-1",
        "template_id": "T1",
        "page": "pages/home/index?id=7",
        "data": {"thing1": {"value": "您有一条健康提醒"}},
        "miniprogram_state": "formal",
        "lang": "zh_CN",
    }


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_refused_token_is_renewed_once(rig: Rig, errcode: int) -> None:
    rig.token("T-1")
    rig.token("T-2")
    rig.answers.post(SEND, json={"errcode": errcode, "errmsg": "invalid credential"})
    rig.answers.post(SEND, json=ACCEPTED)
    assert rig.door.send(MESSAGE).outcome is Outcome.SENT
    assert rig.answers.calls[-1].request.url == f"{SEND}?access_token=T-2"
    assert (rig.calls(TOKEN), rig.calls(SEND)) == (2, 2)


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_token_refused_for_ever_ends_after_one_renewal_and_raises_the_alarm(
    rig: Rig, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": errcode, "errmsg": "invalid credential"})
    result = rig.door.send(MESSAGE)
    assert (result.outcome, result.configuration) == (Outcome.RETRY_LATER, True)
    assert (rig.calls(TOKEN), rig.calls(SEND)) == (2, 2)
    assert "configuration wrong" in caplog.text


def test_busy_is_asked_three_times_more_with_growing_pauses(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": -1, "errmsg": "system error"})
    result = rig.door.send(MESSAGE)
    assert (result.outcome, result.errcode) == (Outcome.RETRY_LATER, -1)
    assert rig.calls(SEND) == 4
    assert len(rig.pauses) == 3
    assert all(
        low <= one <= high for one, low, high in zip(rig.pauses, (0.15, 0.3, 0.6), (0.45, 0.9, 1.8), strict=True)
    )


def test_busy_once_is_no_matter(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": -1, "errmsg": "system error"})
    rig.answers.post(SEND, json=ACCEPTED)
    assert rig.door.send(MESSAGE).outcome is Outcome.SENT


def test_day_quota_stops_the_sends_until_midnight_in_beijing(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": 45009, "errmsg": "reach max api daily quota limit"})
    for _ in range(3):
        result = rig.door.send(MESSAGE)
        assert (result.outcome, result.until) == (Outcome.RETRY_LATER, datetime(2026, 1, 5, 16, 0, tzinfo=UTC))
    assert rig.calls(SEND) == 1
    rig.time = datetime(2026, 1, 5, 16, 0, tzinfo=UTC)
    rig.answers.replace("POST", SEND, json=ACCEPTED)
    assert rig.door.send(MESSAGE).outcome is Outcome.SENT


def test_minute_quota_slows_down_until_the_next_minute(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": 45011, "errmsg": "api minute-quota reach limit"})
    results = [rig.door.send(MESSAGE) for _ in range(3)]
    assert rig.calls(SEND) == 1
    assert {one.outcome for one in results} == {Outcome.RETRY_LATER}
    assert all(one.until and timedelta(seconds=30) <= one.until - rig.time <= timedelta(seconds=35) for one in results)


def test_no_credit_is_an_outcome_and_not_an_error(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": 43101, "errmsg": "user refuse to accept the msg rid: 63-a"})
    assert rig.door.send(MESSAGE).outcome is Outcome.NO_CREDIT
    assert rig.calls(SEND) == 1


def test_refused_value_is_permanent_and_names_its_field(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": 47003, "errmsg": "argument invalid! data.thing1.value invalid rid: 6-a"})
    result = rig.door.send(MESSAGE)
    assert (result.outcome, result.keyword) == (Outcome.REJECTED, "thing1")
    assert rig.calls(SEND) == 1


@pytest.mark.parametrize("errcode", [40037, 48001, 43104])
def test_configuration_errors_reject_the_notice_and_raise_the_alarm(
    rig: Rig, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": errcode, "errmsg": "wrong"})
    result = rig.door.send(MESSAGE)
    assert (result.outcome, result.configuration) == (Outcome.REJECTED, True)
    assert rig.calls(SEND) == 1
    assert f"errcode={errcode}" in caplog.text


def test_page_missing_from_the_released_version_is_left_out(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": 41030, "errmsg": "page path invalid"})
    rig.answers.post(SEND, json=ACCEPTED)
    assert rig.door.send(MESSAGE).outcome is Outcome.SENT
    assert "page" not in json.loads(rig.answers.calls[-1].request.body)
    assert "pages/home/index" in caplog.text
    assert "id=7" not in caplog.text


@pytest.mark.parametrize("errcode", [40003, 47001, 12345])
def test_other_refusals_are_permanent(rig: Rig, errcode: int) -> None:
    rig.token()
    rig.answers.post(SEND, json={"errcode": errcode, "errmsg": "no"})
    result = rig.door.send(MESSAGE)
    assert (result.outcome, result.errcode, rig.calls(SEND)) == (Outcome.REJECTED, errcode, 1)


@pytest.mark.parametrize(
    "answer",
    [
        {"body": requests.ReadTimeout("slow")},
        {"body": requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104)))},
        {"body": requests.exceptions.ChunkedEncodingError("IncompleteRead")},
        {"body": "<html><body>502 Bad Gateway</body></html>", "content_type": "text/html"},
        {"body": '{"errcode": 0, "errm'},
        {"body": ""},
        {"body": "[]"},
        {"body": "{}"},
        {"body": '{"errcode": "x"}'},
        {"body": "busy", "status": 502},
        {"body": "", "status": 302, "headers": {"Location": "https://elsewhere.test/"}},
    ],
    ids=str,
)
def test_answer_that_cannot_be_read_is_unknown_and_never_repeated(rig: Rig, answer: dict[str, object]) -> None:
    rig.token()
    rig.answers.post(SEND, **answer)
    assert rig.door.send(MESSAGE).outcome is Outcome.UNKNOWN
    assert rig.calls(SEND) == 1
    assert rig.calls("https://elsewhere.test/") == 0


@pytest.mark.parametrize(
    "broken",
    [
        requests.ConnectTimeout("2 s"),
        requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused"))),  # type: ignore[arg-type]
    ],
    ids=["timeout", "refused"],
)
def test_line_that_never_opened_is_not_unknown(rig: Rig, broken: Exception) -> None:
    rig.token()
    rig.answers.post(SEND, body=broken)
    result = rig.door.send(MESSAGE)
    assert (result.outcome, result.until) == (Outcome.RETRY_LATER, rig.time + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("answer", "configuration"),
    [
        ({"body": requests.ReadTimeout("slow")}, False),
        ({"body": "<html>"}, False),
        ({"json": {"errcode": 45009, "errmsg": "quota"}}, False),
        ({"json": {"errcode": -1, "errmsg": "busy"}}, False),
        ({"json": {"errcode": 40125, "errmsg": "invalid appsecret"}}, True),
        ({"json": {"errcode": 40013, "errmsg": "invalid appid"}}, True),
        ({"json": {"access_token": "", "expires_in": 7200}}, False),
        ({"json": {"access_token": "T", "expires_in": "soon"}}, False),
    ],
    ids=str,
)
def test_trouble_with_the_token_keeps_the_notice_for_later(
    rig: Rig, answer: dict[str, object], configuration: bool
) -> None:
    rig.answers.post(TOKEN, **answer)
    result = rig.door.send(MESSAGE)
    assert (result.outcome, result.configuration) == (Outcome.RETRY_LATER, configuration)
    assert rig.calls(SEND) == 0


def test_broken_line_is_left_alone_after_five_failures(rig: Rig) -> None:
    rig.token()
    rig.answers.post(SEND, body=requests.ReadTimeout("slow"))
    outcomes = [rig.door.send(MESSAGE).outcome for _ in range(7)]
    assert outcomes == [Outcome.UNKNOWN] * 5 + [Outcome.RETRY_LATER] * 2
    assert rig.calls(SEND) == 5


def test_every_call_has_its_time_limit_and_ignores_the_surroundings(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:1")
    rig.token()
    rig.answers.post(SEND, json=ACCEPTED)
    rig.door.send(MESSAGE)
    assert [call.request.req_kwargs["timeout"] for call in rig.answers.calls] == [(2.0, 5.0)] * 2
    assert all(not call.request.req_kwargs["proxies"] for call in rig.answers.calls)
