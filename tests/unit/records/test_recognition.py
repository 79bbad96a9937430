"""Recognition has a direction: same level, and what is made above counts below; not the other way round."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from backend.alliance.packs import Pack, load_pack
from backend.records.recognition import recognise

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module", params=["xinmi", "mangshi"])
def pack(request) -> Pack:
    return load_pack(Path("counties") / request.param)


def institution(pack: Pack, level: str, nth: int = 0) -> str:
    return [entry.code for entry in pack.institutions.institutions if entry.level == level and entry.treats][nth]


def downward_item(pack: Pack):
    return next(item for item in pack.insurance.recognition.items if "lower_to_upper" not in item.directions)


@pytest.mark.clause("XM-5.3")
@pytest.mark.clause("MS-4.2.3b")
def test_the_upper_level_counts_below_and_not_the_lower_above(pack: Pack) -> None:
    item, county, township = downward_item(pack), institution(pack, "county"), institution(pack, "township")
    down = recognise(pack, item.code, county, township, DAY, True, DAY)
    up = recognise(pack, item.code, township, county, DAY, True, DAY)
    same = recognise(pack, item.code, township, institution(pack, "township", 1), DAY, True, DAY)
    assert (down.recognised, same.recognised, up.recognised) == (
        True,
        "same_level" in item.directions,
        False,
    )
    assert up.why == "lower_to_upper"
    assert "参考" in up.text


def test_it_lasts_as_long_as_the_catalogue_says(pack: Pack) -> None:
    item, county = downward_item(pack), institution(pack, "county")
    township = institution(pack, "township")
    last, after = DAY + timedelta(days=item.valid_days), DAY + timedelta(days=item.valid_days + 1)
    assert recognise(pack, item.code, county, township, DAY, True, last).recognised
    assert recognise(pack, item.code, county, township, DAY, True, after).why == "too_old"


def test_without_the_quality_mark_it_is_only_shown(pack: Pack) -> None:
    item = next(item for item in pack.insurance.recognition.items if item.needs_quality_mark)
    county, township = institution(pack, "county"), institution(pack, "township")
    assert recognise(pack, item.code, county, township, DAY, False, DAY).why == "no_mark"


def test_an_item_outside_the_catalogue_is_only_shown(pack: Pack) -> None:
    county, township = institution(pack, "county"), institution(pack, "township")
    assert recognise(pack, "moon-dust", county, township, DAY, True, DAY).why == "not_listed"


def test_whose_rule_it_is_belongs_to_the_county(pack: Pack) -> None:
    found = recognise(pack, "ecg", institution(pack, "county"), institution(pack, "township"), DAY, True, DAY)
    own, foreign = ("XM-", "MS-") if pack.county_id == "xinmi" else ("MS-", "XM-")
    assert found.source.id.startswith(own)
    assert not found.source.id.startswith(foreign)
