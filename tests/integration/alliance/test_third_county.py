"""A third county is a folder: no code knows its levels, its chain or its paper."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.alliance import queries
from backend.alliance.packs import load_pack
from backend.alliance.reach import able_above
from backend.alliance.service import load_county, read_folder
from backend.kernel.sources import SourceKind
from backend.store.db import transaction
from tests.integration.alliance import third_county

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return third_county.build(tmp_path_factory.mktemp("counties"), ROOT / "counties")


@pytest.mark.clause("ALL-packs")
def test_it_has_other_levels_and_a_chain_of_five(folder: Path) -> None:
    pack = load_pack(folder)
    assert [level.code for level in pack.county.levels] == ["station", "community", "district", "municipal"]
    chain = pack.referral.chain("up", "community", pack.effective_from)
    assert chain is not None
    assert [step.code for step in chain.steps] == [
        "treating",
        "department-head",
        "medical-office",
        "register",
        "insurance-agency",
    ]
    assert pack.referral.chain("up", "township", pack.effective_from) is None
    source = pack.source("referral.signatures_required")
    assert (source.id, source.kind) == ("QH-7", SourceKind.CLAUSE)
    assert able_above(pack, "th-yuanzhuang", "stroke")[0].code == "first-hospital"


@pytest.mark.clause("ALL-packs")
def test_it_runs_beside_the_other_two(app: Flask, client: FlaskClient, folder: Path) -> None:
    with app.app_context(), transaction() as current:
        load_county(current, read_folder(folder), may_replace=False)
    with app.app_context(), transaction() as current:
        assert {"xinmi", "mangshi", "qinghe"} <= set(queries.county_ids(current))
        assert queries.source("qinghe", "referral.signatures_required").id == "QH-7"
        assert queries.source("mangshi", "referral.signatures_required").id == "MS-4.2.2u2"
        assert queries.source("xinmi", "referral.signatures_required").kind is SourceKind.SETTING
    page = client.get("/api/v1/institutions/th-yuanzhuang?county=qinghe").json
    assert (page["level"], page["tier"]) == ("community", "grassroots")
    assert client.get("/api/v1/institutions/th-fengping?county=qinghe").status_code == 404


@pytest.mark.clause("ALL-packs")
def test_no_code_knows_a_county_by_name() -> None:
    known = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "backend").rglob("*.py")
        if "demo" not in path.parts and any(f'"{name}"' in path.read_text() for name in ("xinmi", "mangshi"))
    ]
    assert known == []
