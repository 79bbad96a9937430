"""Every operation of the API with every bad value in every place: refused with a code and a reason, or taken whole."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from tests.integration.badinput import bodies, values
from tests.integration.badinput.judge import Verdict
from tests.integration.badinput.world import Entrance, World


def thinned(one_of: int) -> pytest.MarkDecorator:
    """Some of the tries in the daily tests, and all of them among the long proofs."""
    return pytest.mark.parametrize("one_of", [one_of, pytest.param(1, marks=pytest.mark.proof)])


Try = tuple[str, dict[str, Any]]
NOT_ENTERED = {
    "GET /v/<number>": 404,  # a number that nobody has: what there is of it is in test_pages.py
    "POST /api/v1/certificates/verify": 404,
    "POST /api/v1/drug-fetches": 404,
    "POST /api/v1/areas/scores": 404,
}
"""Operations whose way in ends early, because what they ask for is not there."""


def sweep(
    world: World, ways: Iterable[Entrance], tries: Callable[[Entrance], Iterator[Try]], one_of: int = 1
) -> Verdict:
    """Send the tries of every operation, each undone, and judge what comes back.

    `one_of` takes every so many only, going on from operation to operation, so that each value still comes to many
    places and each place sees many values.
    """
    verdict, number = Verdict(), 0
    for way in ways:
        for about, given in tries(way):
            number += 1
            if number % one_of:
                continue
            sent = {"query_string": way.query, "path": way.path, "who": way.who} | given
            if way.body is not None and not {"body", "data"} & set(sent):
                sent["body"] = way.body
            answer = world.send(sent.pop("who"), way.method, sent.pop("path"), **sent)
            verdict.look(f"{way} {about}", answer, world.still.written)
    assert verdict.wrong == [], f"{len(verdict.wrong)} of {verdict.asked}:\n" + "\n".join(verdict.wrong[:150])
    return verdict


def test_the_way_in_leads_into_nearly_every_operation(entrances: list[Entrance]) -> None:
    """Otherwise the sweeps below would only ever see the door."""
    early = {str(way): way.status for way in entrances if way.status in {400, 401, 403, 404}}
    misshapen = [str(way) for way in entrances if '"code":"invalid"' in way.told]
    early.pop("DELETE /api/v1/sessions/<uuid:session_id>", None)  # the session at hand may have ended on the way
    assert early == NOT_ENTERED
    assert misshapen == []
    through = [way for way in entrances if way.status < 300]
    assert len(through) > 0.8 * len(entrances)


@thinned(one_of=17)
def test_every_bad_value_in_every_field(world: World, entrances: list[Entrance], one_of: int) -> None:
    def tries(way: Entrance) -> Iterator[Try]:
        model = way.declared.body
        assert model is not None
        for place in bodies.places(model):
            for name, value in bodies.fitting(place):
                changed = bodies.with_value(way.body, place.path, value, model, world.known)
                yield f"{place} = {name}", {"body": changed}
        for name in way.body or {}:
            yield f"without {name}", {"body": {key: one for key, one in (way.body or {}).items() if key != name}}
        yield "with one field more", {"body": (way.body or {}) | {"no_such_field": 1}}
        yield "with another's prototype", {"body": (way.body or {}) | {"__proto__": {"role": "operator"}}}

    verdict = sweep(world, [way for way in entrances if way.declared.body], tries, one_of)
    assert verdict.refused > 500


@thinned(one_of=7)
def test_every_bad_value_in_every_question(world: World, entrances: list[Entrance], one_of: int) -> None:
    def tries(way: Entrance) -> Iterator[Try]:
        for query in values.QUERIES:
            yield f"?{query[:60]}", {"query_string": query}
        if way.declared.query is None:
            return
        for place in bodies.places(way.declared.query):
            for name, value in bodies.fitting(place):
                if isinstance(value, str | int | float) and values.SURROGATE not in str(value):
                    yield f"?{place} = {name}", {"query_string": (way.query or {}) | {place.name: str(value)[:9_000]}}

    sweep(world, entrances, tries, one_of)


@thinned(one_of=7)
def test_every_bad_part_of_every_address(world: World, entrances: list[Entrance], one_of: int) -> None:
    def tries(way: Entrance) -> Iterator[Try]:
        for part in values.PATH_PARTS:
            parts = way.path.split("/")
            template = way.rule.rule.split("/")
            place = next(index for index, one in enumerate(template) if "<" in one)
            parts[place] = part
            yield f"at {part[:60]}", {"path": "/".join(parts)}
        for changed in (way.path.upper(), f"/{way.path}", f"{way.path};x=1", f"{way.path}%00", way.path + "/.."):
            yield f"at {changed}", {"path": changed}

    sweep(world, [way for way in entrances if way.rule.arguments], tries, one_of)


@thinned(one_of=7)
def test_every_body_that_cannot_be_read(world: World, entrances: list[Entrance], one_of: int) -> None:
    def tries(way: Entrance) -> Iterator[Try]:
        for name, body in values.BODIES.items():
            yield f"body: {name}", {"data": body, "content_type": "application/json"}
        for kind in values.CONTENT_TYPES:
            yield f"content type: {kind!r}", {"content_type": kind, "body": way.body or {}}

    ways = [way for way in entrances if way.method != "GET"]
    verdict = sweep(world, ways, tries, one_of)
    assert {"json_depth", "json_duplicate_key", "json_constant", "json_encoding", "json_nul", "json_number",
            "json_surrogate", "json_syntax", "content_type", "body_too_large"} <= verdict.codes  # fmt: skip


@thinned(one_of=7)
def test_every_header_that_means_nothing(world: World, entrances: list[Entrance], one_of: int) -> None:
    def tries(way: Entrance) -> Iterator[Try]:
        for key in values.KEYS if way.method != "GET" else ():
            yield f"key {key[:20]!r}", {"headers": {"Idempotency-Key": key}}
        for version in values.VERSIONS if way.method != "GET" else ():
            yield f"If-Match {version!r}", {"headers": {"If-Match": version}}
        for acting in values.ACTING:
            yield f"acting for {acting[:40]!r}", {"headers": {"X-Acting-For": acting}}
        for token in values.TOKENS:
            yield f"authorization {token[:40]!r}", {"who": None, "headers": {"Authorization": token}}
        yield "packed body", {"headers": {"Content-Encoding": "gzip"}, "data": b"\x1f\x8b\x08\x00" + b"\x00" * 40}
        yield "another method", {"headers": {"X-HTTP-Method-Override": "DELETE"}}
        yield "request id", {"headers": {"X-Request-ID": "x" * 10_000}}

    sweep(world, entrances, tries, one_of)
