"""The mini-program's own checks: types, unit tests, both builds, and the package that WeChat would get."""

import pytest

from launcher import frontend, packages
from launcher.node import Node


@pytest.fixture(scope="module")
def node() -> Node:
    return frontend.install()


# In this order: the package is checked as the build before has made it.
@pytest.mark.parametrize("script", ["type-check", "test:unit", "build:h5", "build:mp-weixin", "check:package"])
def test_script_passes(node: Node, script: str) -> None:
    assert packages.run(node, ["run", script], frontend.FOLDER)
