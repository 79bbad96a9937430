"""The people who have WeChat: put in by whoever loads the demonstration, kept in a small file."""

import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Person:
    """A holder of a phone with WeChat. `who` says in a few words who it is, for the chooser."""

    openid: str
    nickname: str
    county: str
    who: str = ""
    phone: str = ""

    @property
    def shown(self) -> dict[str, str]:
        """What the chooser shows."""
        return {"openid": self.openid, "nickname": self.nickname, "county": self.county, "who": self.who}


class People:
    """Everybody who has WeChat, by openid."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
        self._people = {entry["openid"]: Person(**entry) for entry in kept}

    def put(self, entries: Any) -> int:
        """Add people or replace them by openid; returns how many. Raises ValueError for an entry that is none."""
        if not isinstance(entries, list):
            raise ValueError("people is a list")  # noqa: TRY004 - it is the value of a request
        found = [_person(entry) for entry in entries]
        with self._lock:
            self._people |= {person.openid: person for person in found}
            half = self._file.with_suffix(".half")
            half.write_text(json.dumps([asdict(one) for one in self._people.values()], ensure_ascii=False), "utf-8")
            half.rename(self._file)
        return len(found)

    def get(self, openid: object) -> Person | None:
        """The person with this openid."""
        return self._people.get(openid) if isinstance(openid, str) else None

    def of(self, county: str | None) -> list[Person]:
        """The people of a county, or all."""
        with self._lock:
            return [one for one in self._people.values() if not county or one.county == county]


def _person(entry: Any) -> Person:
    if not isinstance(entry, dict):
        raise ValueError("a person is an object")  # noqa: TRY004
    parts = {name: str(entry.get(name) or "") for name in ("openid", "nickname", "county", "who", "phone")}
    if not all(parts[name] for name in ("openid", "nickname", "county")):
        raise ValueError("a person has an openid, a nickname and a county")
    return Person(**parts)
