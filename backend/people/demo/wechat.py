"""Tells the stand-in for WeChat who has a phone in the demonstration, so that one can choose whom to be."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests

from backend.alliance.packs import Pack
from backend.kernel.clock import age_on
from backend.kernel.roles import Role
from backend.people.demo.accounts import carries_wechat, openid_of, signed_in_before
from backend.people.demo.population import AS_OF
from backend.people.demo.shape import DemoClinician, DemoResident, Population

ROLES = {
    Role.VILLAGE_DOCTOR: "村医",
    Role.FAMILY_DOCTOR: "家庭医生",
    Role.TEAM_NURSE: "团队护士",
    Role.DEPARTMENT_HEAD: "科室负责人",
    Role.INSURANCE_AGENCY: "医保经办",
    Role.SPECIALIST: "专科医生",
    Role.WARD_DOCTOR: "管床医生",
    Role.DESK_CLERK: "转诊服务台",
    Role.MEDICAL_OFFICE: "医务、院办",
    Role.PHARMACIST: "药师",
    Role.DISPENSER: "发药",
    Role.PUBLIC_HEALTH: "公卫科",
    Role.BUREAU: "卫健部门",
    Role.OPERATOR: "管理员",
}
HOSPITAL_KEYS = (
    "specialist-cardiology",
    "ward-doctor-cardiology",
    "department-head-cardiology",
    "desk-day",
    "medical-office",
)
OFFICE_KEYS = ("insurance-officer", "authorised-office", "bureau-officer")


@dataclass(frozen=True, slots=True)
class Holder:
    """A phone with WeChat, as the stand-in's chooser shows it."""

    openid: str
    nickname: str
    county: str
    who: str
    phone: str


_YOUNGEST = 14


def holders(pack: Pack, population: Population) -> list[Holder]:
    """Everybody with a phone and WeChat: first the story's residents, the first team, one of each at the hospital."""
    ready = signed_in_before(population)
    acting = {relation.acting: relation for relation in population.relations}
    residents = [one for one in population.residents if one.phone and age_on(one.birth_on, AS_OF) >= _YOUNGEST]
    shown = {one.key: _resident(pack, one, known=one.key in ready or one.key in acting) for one in residents}
    for key, relation in acting.items():
        if key in shown:
            whom = population.resident(relation.resident).name
            shown[key] = replace(shown[key], who=f"{shown[key].who} · 替{whom}办")
    staff = [one for one in population.clinicians if carries_wechat(one)]
    team = population.teams[0]
    first = [one for one in staff if one.key in team.members or one.places[0].institution == team.institution]
    first += [one for one in staff if one.key in (*HOSPITAL_KEYS, *OFFICE_KEYS)]
    story = [shown[one.key] for one in residents if one.story]
    ordered = story + [_clinician(pack, one) for one in [*first, *staff]] + list(shown.values())
    return list(dict.fromkeys(ordered))


def tell(public_url: str, state_dir: str, people: list[Holder]) -> None:
    """Put the people into the stand-in: over HTTP when it runs, else into the file it reads when it starts."""
    entries = [_entry(one) for one in people]
    try:
        requests.post(f"{public_url}/mock/people", json={"people": entries}, timeout=5).raise_for_status()
    except requests.ConnectionError:
        _write(Path(state_dir) / "wechat-platform" / "people.json", entries)


def _write(path: Path, entries: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    merged = {entry["openid"]: entry for entry in [*kept, *entries]}
    path.write_text(json.dumps(list(merged.values()), ensure_ascii=False), encoding="utf-8")


def _resident(pack: Pack, one: DemoResident, *, known: bool) -> Holder:
    village = pack.places.village(one.village).name
    return Holder(
        openid=openid_of(pack.county_id, one.key),
        nickname=one.name,
        county=pack.county_id,
        who=f"居民 · {village} · {one.birth_on.year}年" + ("" if known else " · 还没连档案"),
        phone=one.phone or "",
    )


def _clinician(pack: Pack, one: DemoClinician) -> Holder:
    place = one.places[0]
    role = ROLES[place.role]
    return Holder(
        openid=openid_of(pack.county_id, one.key),
        nickname=one.name,
        county=pack.county_id,
        who=f"{role} · {pack.institutions.institution(place.institution).short_name}",
        phone=one.phone,
    )


def _entry(one: Holder) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("openid", "nickname", "county", "who", "phone")}
