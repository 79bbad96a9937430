"""Architecture tests look at the assembled app."""

from tests.integration.conftest import app, settings

__all__ = ["app", "settings"]
