"""Reading the contents of WeChat's answers: phone number, opinion of a text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from backend.wechat.errors import ConfigurationWrong, WeChatUnavailable
from backend.wechat.gateway import PhoneNumber, Suggestion, TextScene, TextVerdict

SCENE_NUMBER = {TextScene.PROFILE: 1, TextScene.COMMENT: 2, TextScene.FORUM: 3, TextScene.JOURNAL: 4}
LONGEST_TEXT = 2500
NO_RISK_LABEL = 100

_SEVERITY = {Suggestion.PASS: 0, Suggestion.REVIEW: 1, Suggestion.RISKY: 2}


def phone_number(body: Mapping[str, Any], app_id: str) -> PhoneNumber:
    """The vouched-for number; ConfigurationWrong where it is marked for another mini-program."""
    info = body.get("phone_info")
    info = info if isinstance(info, dict) else {}
    number, watermark = info.get("purePhoneNumber"), info.get("watermark")
    if not isinstance(number, str) or not number or not isinstance(watermark, dict):
        raise WeChatUnavailable("phone", reached=True)
    if watermark.get("appid") != app_id:
        raise ConfigurationWrong("phone")
    return PhoneNumber(number, str(info.get("countryCode") or "86"))


def parts_of(text: str) -> Iterator[str]:
    """A text in pieces that WeChat's check takes."""
    for start in range(0, len(text), LONGEST_TEXT):
        yield text[start : start + LONGEST_TEXT]


def verdict(body: Mapping[str, Any]) -> TextVerdict:
    """WeChat's opinion of one piece; an opinion we cannot read counts as one to be looked at by a person."""
    result = body.get("result")
    result = result if isinstance(result, dict) else {}
    label = result.get("label")
    suggestion = result.get("suggest")
    known = next((one for one in Suggestion if one == suggestion), Suggestion.REVIEW)
    return TextVerdict(known, label if isinstance(label, int) else NO_RISK_LABEL)


def worst(verdicts: Iterable[TextVerdict]) -> TextVerdict:
    """The severest opinion; no text at all passes."""
    return max(
        verdicts,
        key=lambda one: _SEVERITY[one.suggestion],
        default=TextVerdict(Suggestion.PASS, NO_RISK_LABEL),
    )
