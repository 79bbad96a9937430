"""The trace of a list with names and phones: who had it on the screen, of what, how many people. I-19."""

from backend.kernel.roles import Actor
from backend.store import audit
from backend.store.db import session
from backend.web.pages import wants_part


def leave_trace(actor: Actor, action: str, people: int, **about: str) -> None:
    """Write down that somebody read a list of people, once a page; an empty list is nobody's.

    A page that was opened refreshes its part; that it is one is the browser's word only, so a part without its page
    is written down too. `about` holds codes and days, never what was typed.
    """
    if people == 0 or (wants_part() and audit.seen_lately(session(), actor, action, about)):
        return
    audit.record(session(), actor, action, "list", None, detail=about | {"people": people})
