"""The one file that touches wechatpy and requests: one call, one cipher, their defects fenced in.

wechatpy has no types, no time limit on its token call, endless token retries, and exceptions that carry the
whole address with the secret. Here it only sends and decodes; whatever it raises is turned into a `Reply`
or a `WeChatUnavailable` outside the `except`, so that no address survives as an exception's context.
"""

import contextlib
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError
from urllib3.exceptions import SSLError as TransportSSLError
from wechatpy.client.base import BaseWeChatClient
from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import WeChatClientException

from backend.wechat.errors import WeChatUnavailable

CONNECT_SECONDS = 2.0
READ_SECONDS = 5.0

_REQUEST_ID = re.compile(r"rid: ?([0-9a-zA-Z-]{1,64})")
_KEYWORD = re.compile(r"data\.([a-z_]+[0-9]+)\.value")


class CipherBroken(Exception):
    """A cipher text that is not ours, not whole or not for this AppID."""


@dataclass(frozen=True)
class Reply:
    """What WeChat answered. `errcode` is None where the answer has none; the body is never shown."""

    errcode: int | None
    body: Mapping[str, Any] = field(repr=False, default_factory=dict)
    request_id: str | None = None
    keyword: str | None = None

    @property
    def good(self) -> bool:
        """Whether WeChat did what it was asked."""
        return not self.errcode


class Transport:
    """Sends one HTTP request to WeChat and reads its answer; repeats nothing, follows nothing."""

    def __init__(self, app_id: str, base_url: str, *, connections: int = 16) -> None:
        session = requests.Session()
        # Reading proxy and netrc settings for every send costs a quarter of its time, and a proxy sees the secret.
        session.trust_env = False
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(pool_connections=4, pool_maxsize=connections, max_retries=0))
        self._client = BaseWeChatClient(app_id, timeout=(CONNECT_SECONDS, READ_SECONDS), auto_retry=False)
        self._client._http = session
        self._base_url = base_url.rstrip("/") + "/"

    def get(self, call: str, path: str, params: Sequence[tuple[str, str]]) -> Reply:
        """GET without an access token; raises WeChatUnavailable."""
        return self._request(call, "get", path, params=list(params))

    def post(self, call: str, path: str, body: Mapping[str, Any], token: str | None = None) -> Reply:
        """POST of a JSON body, with the access token where one is needed; raises WeChatUnavailable."""
        return self._request(call, "post", path, params=[("access_token", token)] if token else [], data=dict(body))

    def _request(self, call: str, method: str, path: str, **content: Any) -> Reply:
        # Parameters go as a list: given a dict, wechatpy would fetch an access token of its own first.
        reached = True
        try:
            answer = self._client._request(method, self._base_url + path, allow_redirects=False, **content)
            if isinstance(answer, dict):
                return Reply(answer.get("errcode"), answer)
        except WeChatClientException as refusal:
            if refusal.errcode is not None:
                return _refused(refusal.errcode, str(refusal.errmsg))
        except requests.RequestException as broken:
            reached = not _surely_not_sent(broken)
        except (TypeError, ValueError):
            pass  # an errcode that is no number: as unreadable as a page of HTML
        raise WeChatUnavailable(call, reached=reached)


def _refused(errcode: int, message: str) -> Reply:
    request_id = _REQUEST_ID.search(message)
    keyword = _KEYWORD.search(message)
    return Reply(
        errcode,
        request_id=request_id.group(1) if request_id else None,
        keyword=keyword.group(1) if keyword else None,
    )


def _surely_not_sent(broken: requests.RequestException) -> bool:
    """Whether the line broke before a single byte of the request could be carried out."""
    if isinstance(broken, requests.ConnectTimeout):
        return True
    cause = broken.args[0] if broken.args else None
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    if isinstance(cause, TransportSSLError) and cause.args:
        return isinstance(cause.args[0], ssl.SSLCertVerificationError)
    return isinstance(cause, NewConnectionError)


def decrypt(aes_key: bytes, app_id: str, cipher_text: str) -> str:
    """The plain text of a push; raises CipherBroken for everything that does not open under this key and AppID."""
    plain: str | None = None
    # wechatpy leaks index, value, struct, base64 and Unicode errors here.
    with contextlib.suppress(Exception):
        plain = PrpCrypto(aes_key).decrypt(cipher_text, app_id)
    if not plain:
        raise CipherBroken
    return plain
