"""Reading JSON strictly: what two readers could understand differently is refused."""

import json

import pytest

from backend.kernel.errors import Malformed
from backend.web import strict_json


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"role":"resident","role":"admin"}', "json_duplicate_key"),
        (b'{"a":{"b":1,"b":2}}', "json_duplicate_key"),
        (b'{"a":NaN}', "json_constant"),
        (b'{"a":Infinity}', "json_constant"),
        (b'{"a":-Infinity}', "json_constant"),
        (b'{"a":1e999}', "json_number"),
        (b'{"a":"x\\u0000"}', "json_nul"),
        (b'{"a\\u0000":1}', "json_nul"),
        (b'{"a":"\\ud800"}', "json_surrogate"),
        ("\ufeff{}".encode(), "json_encoding"),
        ('{"a":"中"}'.encode("gbk"), "json_encoding"),
        (b"[" * 100_000, "json_depth"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "json_depth"),
        (b"{", "json_syntax"),
        (b"", "json_syntax"),
        (b"{'a':1}", "json_syntax"),
        (b'{"a":' + b"9" * 5000 + b"}", "json_syntax"),
    ],
)
def test_refuses(body: bytes, code: str) -> None:
    with pytest.raises(Malformed) as error:
        strict_json.load(body)
    assert error.value.code == code


def test_brackets_inside_strings_do_not_count_as_depth() -> None:
    assert strict_json.load(json.dumps({"a": "[" * 50 + '\\"'}).encode()) == {"a": "[" * 50 + '\\"'}


def test_writes_one_way() -> None:
    assert strict_json.dump({"名": "爨"}) == '{"名":"爨"}'.encode()
