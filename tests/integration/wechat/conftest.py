"""The rig of these tests as a fixture."""

from collections.abc import Iterator

import pytest
import responses

from tests.integration.wechat.rig import Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as answers:
        yield Rig(answers)
