"""Everything the stand-in remembers, put together once."""

from standin.access_tokens import AccessTokens
from standin.clock import Clock
from standin.codes import Codes
from standin.ledger import Ledger
from standin.misbehaviour import Misbehaviour
from standin.people import People
from standin.pushing import Pusher
from standin.settings import Settings

SEEN_FOR_SECONDS = 2 * 3600


class World:
    """The stand-in's whole memory."""

    def __init__(self, settings: Settings) -> None:
        settings.folder.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.clock = Clock()
        self.tokens = AccessTokens(self.clock)
        self.login_codes = Codes(self.clock)
        self.phone_codes = Codes(self.clock)
        self.people = People(settings.folder / "people.json")
        long_term = frozenset(one.id for one in settings.templates.values() if one.long_term)
        self.ledger = Ledger(settings.ledger or settings.folder / "ledger.jsonl", self.clock, long_term)
        self.pusher = Pusher(settings)
        self.misbehaviour = Misbehaviour()
        self.links: dict[str, str] = {}
        self._seen: dict[str, float] = {}

    def saw(self, openid: str) -> None:
        """The person has opened the mini-program just now."""
        self._seen[openid] = self.clock.now()

    def seen_lately(self, openid: str) -> bool:
        """Whether the person has been here within two hours, as the text check asks."""
        return self.clock.now() - self._seen.get(openid, 0.0) <= SEEN_FOR_SECONDS

    def has_page(self, page: str) -> bool:
        """Whether the released mini-program has the page; without a build every page under pages/ or features/."""
        path = page.partition("?")[0].lstrip("/")
        if not self.settings.pages:
            return path.startswith(("pages/", "features/"))
        return path in self.settings.pages
