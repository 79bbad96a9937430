"""Schemathesis asks every operation of the OpenAPI document for what it says, and for what it forbids."""

import contextlib
import secrets
from dataclasses import dataclass, field

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from backend.web.operations import UNSAFE
from tests.integration.badinput.world import Entrance, World, forget_tries

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
"""Left out: data of the right shape may break a county's rule (422), and each request here is undone afterwards."""


@pytest.fixture(scope="module")
def document(app) -> schemathesis.BaseSchema:
    """The document as it is served."""
    load_all_checks()
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@dataclass
class Asker:
    """Asks one operation, undone, and keeps what the checks found."""

    world: World
    mode: GenerationMode
    wrong: dict[str, str] = field(default_factory=dict)
    asked: int = 0

    def ask(self, operation: APIOperation, way: Entrance, most: int) -> None:
        """So many examples of one operation: things of ours in the address where the data are allowed."""
        fixed = way.parts if self.mode is GenerationMode.POSITIVE else None
        strategy = operation.as_strategy(generation_mode=self.mode, path_parameters=fixed)

        def one(case: Case) -> None:
            self._send(case, way)

        asking = hypothesis.settings(
            max_examples=most,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(hypothesis.given(case=strategy)(one))
        with contextlib.suppress(hypothesis.errors.Unsatisfiable):  # where nothing is given, nothing can be wrong
            asking()

    def _send(self, case: Case, way: Entrance) -> None:
        self.asked += 1
        headers = {"Authorization": f"Bearer {way.who.token}"} if way.who else {}
        if way.declared.idempotent and way.method in UNSAFE and self.mode is GenerationMode.POSITIVE:
            headers["Idempotency-Key"] = secrets.token_hex(8)
        forget_tries()
        with self.world.still.once():
            try:
                case.call_and_validate(headers=headers, checks=[CHECKS.get_one(name) for name in CHECKED])
            except FailureGroup as group:
                for one in group.exceptions:
                    self.wrong.setdefault(f"{way} {type(one).__name__}", str(one)[:600])


@pytest.mark.parametrize("most", [2, pytest.param(40, marks=pytest.mark.proof)])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
def test_every_operation_does_what_its_document_says(
    document, world: World, entrances: list[Entrance], mode: GenerationMode, most: int
) -> None:
    ways = {(way.method, way.template): way for way in entrances}
    asker = Asker(world, mode)
    for found in document.get_all_operations():
        operation = found.ok()
        asker.ask(operation, ways[operation.method.upper(), operation.path], most)
    assert asker.asked > len(entrances)
    lines = [f"{name}: {text}" for name, text in asker.wrong.items()]
    assert lines == [], f"{len(lines)} of {asker.asked}:\n" + "\n".join(lines)
