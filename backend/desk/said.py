"""What the page says after a deed, for a moment."""

import json

from flask import Response


def with_word(response: Response, said: str, *, refresh: bool = False) -> Response:
    """Let the page say a word (htmx hands it over as an event); with `refresh` its list asks anew."""
    # Header values are ASCII; the escapes are read back by the browser.
    response.headers["HX-Trigger"] = json.dumps({"said": said} | ({"refresh": ""} if refresh else {}))
    return response
