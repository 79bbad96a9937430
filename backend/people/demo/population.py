"""The invented people of a county: pure and seeded, so that the same seed gives the same people."""

import tomllib
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.places import Town, Village
from backend.kernel.clock import age_on
from backend.people.demo.clinicians import make_staff
from backend.people.demo.health import Health, health_of
from backend.people.demo.households import Member, choose_people, make_household
from backend.people.demo.naming import peoples
from backend.people.demo.numbers import Numbers
from backend.people.demo.shape import DemoReading, DemoRelation, DemoResident, Population

AS_OF = date(2026, 11, 1)
"""Ages are counted from this day, whatever the clock says: the same people on every machine."""
RESIDENTS = 400
CASTS = Path(__file__).with_name("cast")


def generate(pack: Pack, *, seed: int = 1, residents: int = RESIDENTS) -> Population:
    """Everybody of one county. KeyError when the county has no cast."""
    path = CASTS / f"{pack.county_id}.toml"
    if not path.is_file():
        raise KeyError(pack.county_id)
    cast = tomllib.loads(path.read_text(encoding="utf-8"))
    random = Random(f"{pack.county_id}:{seed}")  # noqa: S311  invented people, no secret
    village = _Villages(random, pack, cast)
    village.settle_story()
    village.settle(residents)
    clinicians, teams = make_staff(random, pack, cast)
    return Population(
        county_id=pack.county_id,
        residents=tuple(village.residents),
        relations=tuple(village.relations),
        clinicians=tuple(clinicians),
        teams=tuple(teams),
        unsigned=frozenset(cast["unsigned"]),
    )


def has_cast(county_id: str) -> bool:
    """Whether there are demonstration people for the county."""
    return (CASTS / f"{county_id}.toml").is_file()


class _Villages:
    def __init__(self, random: Random, pack: Pack, cast: dict[str, Any]) -> None:
        self.random = random
        self.pack = pack
        self.cast = cast
        self.numbers = Numbers(random, pack.county.code, int(cast["phone_from"]))
        self.places = [
            (town, village) for town in pack.places.towns if town.code in cast["towns"] for village in town.villages
        ]
        self.houses: dict[str, int] = {}
        self.residents: list[DemoResident] = []
        self.relations: list[DemoRelation] = []

    def settle_story(self) -> None:
        """The people the story needs, in their households."""
        homes = {village.code: (town, village) for town, village in self.places}
        heads: dict[tuple[str, str], str] = {}
        for entry in self.cast["residents"]:
            town, village = homes[entry["village"]]
            house = entry["household"]
            self.houses[village.code] = max(self.houses.get(village.code, 0), int(house))
            head = heads.setdefault((village.code, house), entry["name"])
            member = Member(
                entry["name"], entry["sex"], entry["birth_on"], entry.get("ethnicity", "汉族"), "story", False
            )
            readings = tuple(DemoReading(**reading) for reading in entry.get("readings", ()))
            self._add(
                entry["key"],
                member,
                town,
                village,
                house,
                head,
                phone=self.numbers.phone() if entry["phone"] else None,
                away_at=entry.get("away_at"),
                language=entry.get("language"),
                papers=entry.get("papers", True),
                insured_here=entry.get("insured_here", True),
                health=Health(tuple(entry.get("conditions", ())), (), readings),
            )
        self.relations = [DemoRelation(**relation) for relation in self.cast["relations"]]

    def settle(self, total: int) -> None:
        """Fill the villages with households, guests without papers first."""
        for name in self.cast["guest_names"]:
            self._settle_guest(name)
        turn = 0
        while len(self.residents) < total:
            town, village = self.places[turn % len(self.places)]
            self._settle_household(town, village, room=total - len(self.residents))
            turn += 1

    def _settle_household(self, town: Town, village: Village, room: int) -> None:
        random = self.random
        shares = next(mix["shares"] for mix in self.cast["mixes"] if town.code in mix["towns"])
        people, other = choose_people(random, shares), choose_people(random, shares)
        members = make_household(random, people, other, AS_OF)[:room]
        house = self._next_house(village)
        shared = self.numbers.phone()  # one phone for the household's old people
        poor = random.random() < 0.06
        keys: list[str] = []
        for member in members:
            key = f"{village.code}-{house}-{len(keys) + 1}"
            keys.append(key)
            self._add(
                key,
                member,
                town,
                village,
                house,
                members[0].name,
                phone=self._phone(member, shared),
                away_at=random.choice(self.cast["away_at"]) if member.away else None,
                health=health_of(random, age_on(member.birth_on, AS_OF), member.sex, poor=poor),
            )
        self._relate(members, keys)

    def _settle_guest(self, name: str) -> None:
        border = [place for place in self.places if place[0].border] or self.places
        town, village = self.random.choice(border)
        sex = self.random.choice(("male", "female"))
        born = date(self.random.randrange(1950, 2015), self.random.randrange(1, 13), self.random.randrange(1, 29))
        house = self._next_house(village)
        self._add(
            f"{village.code}-{house}-1",
            Member(name, sex, born, "", "guest", away=False),
            town,
            village,
            house,
            name,
            phone=None,
            language=self.pack.county.languages[-1],
            papers=False,
            insured_here=False,
        )

    def _next_house(self, village: Village) -> str:
        self.houses[village.code] = self.houses.get(village.code, 0) + 1
        return str(self.houses[village.code])

    def _phone(self, member: Member, shared: str) -> str | None:
        if member.part == "child" or self.random.random() < 0.05:
            return None
        return shared if member.part == "old" else self.numbers.phone()

    def _relate(self, members: list[Member], keys: list[str]) -> None:
        grown = [place for place, member in enumerate(members) if member.part == "grown"]
        if not grown:
            return
        for place, member in enumerate(members):
            if member.part == "child":
                parent = grown[-1] if members[grown[-1]].sex == "female" else grown[0]
                relation = "母亲" if members[parent].sex == "female" else "父亲"
                self.relations.append(DemoRelation(keys[place], keys[parent], "guardian", relation))
            elif member.part == "old":
                relation = "儿子" if members[grown[0]].sex == "male" else "女儿"
                self.relations.append(DemoRelation(keys[place], keys[grown[0]], "proxy", relation))

    def _add(
        self,
        key: str,
        member: Member,
        town: Town,
        village: Village,
        house: str,
        head: str,
        *,
        phone: str | None,
        away_at: str | None = None,
        language: str | None = None,
        papers: bool = True,
        insured_here: bool = True,
        health: Health | None = None,
    ) -> None:
        age = age_on(member.birth_on, AS_OF)
        known = peoples().get(member.ethnicity)
        health = health or Health((), (), ())
        lacks_capacity = member.part == "old" and age >= 80 and self.random.random() < 0.04
        papers = papers and age >= 1  # a newborn has no number yet
        self.residents.append(
            DemoResident(
                key=key,
                name=member.name,
                sex=member.sex,
                birth_on=member.birth_on,
                ethnicity=member.ethnicity,
                record_number=self.numbers.record(town.record_code, village.record_code),
                id_number=self.numbers.identity(member.birth_on, member.sex) if papers else None,
                phone=phone,
                village=village.code,
                household=house,
                household_head=head,
                address=f"{self.pack.county.name}{town.name}{village.name} {house} 号",
                language=language or (known.language if known and known.language else self.cast["language"]),
                insurance=self._insurance(age) if insured_here else "none",
                insured_here=insured_here,
                lacks_capacity=lacks_capacity,
                own_wages=age in (16, 17) and away_at is not None,
                away_at=away_at,
                conditions=health.conditions,
                key_groups=health.key_groups,
                readings=health.readings,
                story=member.part == "story",
            )
        )

    def _insurance(self, age: int) -> str:
        return "employee" if 22 <= age < 60 and self.random.random() < 0.1 else "resident"
