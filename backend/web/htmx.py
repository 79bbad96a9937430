"""What htmx says of a request in its headers."""

from flask import request


def wants_part() -> bool:
    """Say whether htmx asks for a part of the page, and not for the whole."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"
