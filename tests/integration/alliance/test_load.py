"""`flask county load`: whole or not at all, once for a version, and what it writes."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from backend.alliance import queries
from backend.alliance.commands import county
from backend.alliance.models import AllianceMembership, County, Institution, PackVersion
from backend.alliance.packs import PackRefused
from backend.alliance.service import load_county, read_folder, take_effect
from backend.kernel.errors import Conflict
from backend.store.db import transaction

COUNTIES = Path(__file__).parents[3] / "counties"


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A county of its own for this test: Mangshi's folder under another id."""
    name = "test" + "".join(c for c in request.node.name if c.isalpha())[-20:].lower()
    copy = tmp_path / name
    shutil.copytree(COUNTIES / "mangshi", copy)
    change(copy, "county.toml", 'id = "mangshi"', f'id = "{name}"')
    return copy


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def load(app: Flask, folder: Path, *, may_replace: bool = False) -> str:
    with app.app_context(), transaction() as current:
        return load_county(current, read_folder(folder), may_replace=may_replace).outcome


@pytest.fixture
def in_context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_the_same_pack_twice_is_loaded_once(app: Flask, folder: Path, in_context: None) -> None:
    assert [load(app, folder), load(app, folder)] == ["new", "same"]
    with transaction() as current:
        versions = current.scalars(select(PackVersion.version).where(PackVersion.county_id == folder.name)).all()
    assert versions == ["2026.1"]


@pytest.mark.clause("XM-5.4f")
def test_a_version_never_changes_its_content(app: Flask, folder: Path, in_context: None) -> None:
    load(app, folder)
    change(folder, "booking.toml", "referral_percent = 20", "referral_percent = 25")
    with pytest.raises(Conflict) as refused:
        load(app, folder)
    assert refused.value.code == "pack_version_taken"
    with transaction():
        assert queries.pack(folder.name).booking.quota.referral_percent == 20
    assert load(app, folder, may_replace=True) == "replaced"
    with transaction():
        assert queries.pack(folder.name).booking.quota.referral_percent == 25


@pytest.mark.clause("XM-5.4f")
def test_an_older_version_stays_readable(app: Flask, folder: Path, in_context: None) -> None:
    load(app, folder)
    change(folder, "county.toml", 'version = "2026.1"', 'version = "2026.2"')
    change(folder, "county.toml", "effective_from = 2026-01-01\nclause", "effective_from = 2026-02-01\nclause")
    change(folder, "referral.toml", "valid_days = 90\nuses = 1", "valid_days = 60\nuses = 1")
    assert load(app, folder) == "new"
    with transaction():
        assert queries.pack(folder.name).referral.certificate.valid_days == 60
        assert queries.pack_version(folder.name, "2026.1").referral.certificate.valid_days == 90


def test_a_wrong_pack_changes_nothing(app: Flask, folder: Path, in_context: None) -> None:
    load(app, folder)
    change(folder, "county.toml", 'version = "2026.1"', 'version = "2026.2"')
    change(folder, "booking.toml", "referral_percent = 20", "referral_percent = 120")
    with pytest.raises(PackRefused):
        load(app, folder)
    with transaction() as current:
        versions = current.scalars(select(PackVersion.version).where(PackVersion.county_id == folder.name)).all()
    assert versions == ["2026.1"]


def test_the_command_names_file_line_and_reason_and_loads_none_of_them(app: Flask, tmp_path: Path) -> None:
    for name in ("xinmi", "mangshi"):
        shutil.copytree(COUNTIES / name, tmp_path / name)
    change(tmp_path / "mangshi", "booking.toml", "referral_percent = 20", "referral_percent = 120")
    change(tmp_path / "xinmi", "county.toml", 'version = "2026.1"', 'version = "2099.1"')
    runner = app.test_cli_runner()
    app.cli.add_command(county)
    wrong = runner.invoke(args=["county", "load", str(tmp_path / "mangshi")])
    assert wrong.exit_code == 1
    assert "booking.toml:4: [out_of_range]" in wrong.output
    assert "什么都没有改" in wrong.output
    right = runner.invoke(args=["county", "check", str(tmp_path / "xinmi")])
    assert (right.exit_code, right.output.strip()) == (0, "xinmi 2099.1: 没有错")
    with app.app_context(), transaction() as current:
        assert current.scalar(select(PackVersion.id).where(PackVersion.version == "2099.1")) is None


def test_a_version_takes_effect_on_its_day(app: Flask, folder: Path, in_context: None) -> None:
    load(app, folder)
    with transaction() as current:
        today = current.scalar(text(f"SELECT {queries.TODAY}"))
    assert isinstance(today, date)
    day = (today + timedelta(days=3)).isoformat()
    change(folder, "county.toml", 'version = "2026.1"', 'version = "2026.2"')
    change(folder, "county.toml", "effective_from = 2026-01-01\nclause", f"effective_from = {day}\nclause")
    change(folder, "institutions.toml", 'name = "芒市人民医院"', 'name = "芒市第一人民医院"')
    assert load(app, folder) == "new"
    with transaction() as current:
        assert take_effect(current, folder.name) == 0
        assert queries.pack(folder.name).version == "2026.1"
    with transaction() as current:
        current.execute(text("UPDATE domain_clock SET ahead = ahead + interval '3 days'"))
        queries.forget_packs()
        assert take_effect(current, folder.name) == 1
        assert take_effect(current, folder.name) == 0
        name = current.scalar(
            select(Institution.name).where(Institution.county_id == folder.name, Institution.code == "people-hospital")
        )
        assert (name, current.scalar(select(County.version).where(County.county_id == folder.name))) == (
            "芒市第一人民医院",
            "2026.2",
        )
        current.rollback()
    queries.forget_packs()


def test_an_institution_that_is_gone_stays_known_but_not_active(app: Flask, folder: Path, in_context: None) -> None:
    load(app, folder)
    change(folder, "county.toml", 'version = "2026.1"', 'version = "2026.2"')
    path = folder / "institutions.toml"
    blocks = path.read_text(encoding="utf-8").split("[[institutions]]")
    path.write_text("[[institutions]]".join(b for b in blocks if '"vc-fapa"' not in b), encoding="utf-8")
    load(app, folder)
    with transaction() as current:
        rows = current.execute(
            select(Institution.code, Institution.active).where(
                Institution.county_id == folder.name, Institution.code.in_(["vc-fapa", "vc-namu"])
            )
        ).all()
    assert {row.code: row.active for row in rows} == {"vc-fapa": False, "vc-namu": True}


@pytest.mark.clause("XM-4")
def test_a_township_that_moves_leaves_the_one_alliance_for_the_other(
    app: Flask, folder: Path, in_context: None
) -> None:
    load(app, folder)
    change(folder, "county.toml", 'version = "2026.1"', 'version = "2026.2"')
    path = folder / "alliances.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    moving = next(line for line in lines if '"th-xuangang"' in line)
    lines.remove(moving)
    lines.insert(next(i for i, line in enumerate(lines) if '"th-xishan"' in line), moving)
    path.write_text("\n".join(lines), encoding="utf-8")
    load(app, folder)
    with transaction() as current:
        rows = current.scalars(
            select(AllianceMembership).where(
                AllianceMembership.county_id == folder.name, AllianceMembership.institution == "th-xuangang"
            )
        ).all()
        assert {row.alliance: row.status for row in rows} == {"people-alliance": "left", "tcm-alliance": "member"}


def test_villages_served_by_a_clinic_a_township_and_a_hospital(in_context: None) -> None:
    with transaction():
        assert queries.villages_served("mangshi", "vc-namu") == {"namu"}
        assert queries.villages_served("mangshi", "th-fengping") == {"zheyan", "namu", "fapa", "fengping-cun"}
        assert queries.villages_served("mangshi", "people-hospital") == set()
        assert queries.villages_served("mangshi", "no-such") == set()


def test_an_unknown_county_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/api/v1/institutions?county=nowhere")
    assert (answer.status_code, answer.json["code"]) == (404, "no_county")
