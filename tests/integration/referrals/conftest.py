"""A cast in each county, on a working morning."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from backend.alliance import queries
from backend.alliance.models import PackVersion
from backend.alliance.service import load_county, put_in_force, read_folder
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import transaction
from tests.integration.referrals.rig import Cast, make_cast, to_working_hour

COUNTIES = Path(__file__).parents[3] / "counties"


@pytest.fixture
def morning(app) -> Iterator[None]:
    """Ten o'clock of an ordinary working day; put back after."""
    to_working_hour(app, 10)
    yield
    with app.app_context(), transaction() as current:
        current.execute(update(clock.DomainClock).values(ahead=timedelta(0)))


@pytest.fixture(params=["xinmi", "mangshi"])
def cast(app, morning, request) -> Cast:
    """Everybody of one referral, in both counties in turn."""
    return make_cast(app, request.param)


@pytest.fixture
def mangshi(app, morning) -> Cast:
    """Everybody of one referral in Mangshi."""
    return make_cast(app, "mangshi")


@pytest.fixture
def xinmi(app, morning) -> Cast:
    """Everybody of one referral in Xinmi."""
    return make_cast(app, "xinmi")


@pytest.fixture
def written_edition(cast: Cast, tmp_path: Path) -> Iterator[Callable[..., Callable[[], None]]]:
    """Writes a later pack of the county with these changes (file, old, new); what it returns puts it in force."""
    with later_pack(cast, tmp_path) as write:
        yield write


@pytest.fixture
def written_edition_of(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Puts a later pack of a cast's own county with these changes in force at once."""
    with ExitStack() as stack:
        yield lambda cast, *changes: stack.enter_context(later_pack(cast, tmp_path))(*changes)()


@contextmanager
def later_pack(cast: Cast, tmp_path: Path) -> Iterator[Callable[..., Callable[[], None]]]:
    """Lend a writer of a later pack, and put the county's own back in force after."""
    folder = tmp_path / cast.county
    shutil.copytree(COUNTIES / cast.county, folder)

    def load() -> None:
        with cast.app.app_context(), transaction() as current:
            load_county(current, read_folder(folder), may_replace=False)

    def write(*changes: tuple[str, str, str]) -> Callable[[], None]:
        for file, old, new in (
            ("county.toml", 'version = "2026.1"', 'version = "2026.9"'),
            ("county.toml", "effective_from = 2026-01-01\nclause", "effective_from = 2026-02-01\nclause"),
            *changes,
        ):
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return load

    try:
        yield write
    finally:
        _back(cast)


def _back(cast: Cast) -> None:
    with cast.app.app_context(), transaction() as current:
        # What was judged by it is judged by the other from now on: the later one goes with the test.
        current.execute(update(Referral).where(Referral.pack_version == "2026.9").values(pack_version="2026.1"))
        mine = PackVersion.county_id == cast.county, PackVersion.version == "2026.9"
        current.execute(delete(PackVersion).where(*mine))
        queries.forget_packs()
        assert put_in_force(current, cast.county) == "2026.1"


@pytest.fixture
def newer_edition(cast: Cast, written_edition: Callable[..., Callable[[], None]]) -> None:
    """A later pack of the county with a newer text of its standards, in force once the test loads it."""
    cast.values["load"] = written_edition(
        ("referral.toml", 'version = "2026 版"\ncondition', 'version = "2027 版"\ncondition'),
        ("referral.toml", "怀疑是别的病引起的高血压，乡里查不清", "新的一版改过的话"),
    )


@pytest.fixture
def other_edition(written_edition: Callable[..., Callable[[], None]]) -> Callable[..., None]:
    """Puts a later pack with these changes in force at once."""
    return lambda *changes: written_edition(*changes)()
