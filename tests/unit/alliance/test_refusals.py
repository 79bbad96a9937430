"""A wrong pack is refused with file, line, code and Chinese reason; every problem at once."""

import re
import shutil
from pathlib import Path

import pytest

from backend.alliance.packs import PackProblem, PackRefused, load_pack
from tests.unit.alliance.slips import SLIPS

COUNTIES = Path(__file__).parents[3] / "counties"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """Both packs, to be spoiled."""
    for name in ("xinmi", "mangshi"):
        shutil.copytree(COUNTIES / name, tmp_path / name)
    return tmp_path


def problems(folder: Path) -> tuple[PackProblem, ...]:
    with pytest.raises(PackRefused) as refused:
        load_pack(folder)
    assert str(refused.value)
    return refused.value.problems


@pytest.mark.clause("ALL-packs")
@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_refused_with_its_place(county: Path, name: str) -> None:
    slip = SLIPS[name]
    path = county / slip.county / f"{slip.file}.toml"
    before = path.read_text(encoding="utf-8")
    assert slip.old in before
    # The last one, where the same words stand several times: the first must not be named by chance.
    start = before.rindex(slip.old) if slip.county == "mangshi" or not slip.at else before.index(slip.old)
    after = before[:start] + slip.new + before[start + len(slip.old) :]
    path.write_text(after, encoding="utf-8")
    found = [problem for problem in problems(county / slip.county) if problem.code == slip.code]
    assert found, problems(county / slip.county)
    mark = slip.at or slip.new
    wanted = {
        after.count("\n", 0, match.start()) + 1 + slip.lines_below for match in re.finditer(re.escape(mark), after)
    }
    assert found[0].file == str(path)
    assert found[0].line in wanted, (found[0], wanted)
    assert re.search(r"[\u4e00-\u9fff]", found[0].text)
    assert re.fullmatch(rf".*{slip.file}\.toml:\d+: \[{slip.code}\] .+", str(found[0]))


def test_a_hand_over_without_a_required_part_is_refused(county: Path) -> None:
    path = county / "mangshi" / "referral.toml"
    text = path.read_text(encoding="utf-8").replace('required_for = ["bed", "home"]', 'required_for = ["bed"]')
    path.write_text(text, encoding="utf-8")
    (found,) = problems(county / "mangshi")
    assert (found.code, found.path) == ("no_required_part", "handover.parts")


def test_all_problems_of_all_files_come_at_once(county: Path) -> None:
    for file, old, new in (
        ("booking", "checkout_minutes = 10", "checkout_minutes = 0"),
        ("words", 'severity = "urgent"', 'severity = "so-so"'),
        ("contracts", "months = 12", "months = 6"),
    ):
        path = county / "xinmi" / f"{file}.toml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    files = [Path(problem.file).name for problem in problems(county / "xinmi")]
    assert {"booking.toml", "words.toml", "contracts.toml"} == set(files)
    assert files.count("words.toml") == 3


def test_a_missing_a_strange_and_an_unreadable_file_are_named(county: Path) -> None:
    (county / "xinmi" / "words.toml").unlink()
    (county / "xinmi" / "holiday.toml").write_text("", encoding="utf-8")
    (county / "xinmi" / "targets.toml").write_bytes("# 目标".encode("gb18030"))
    found = {(Path(problem.file).name, problem.code) for problem in problems(county / "xinmi")}
    assert found == {("words.toml", "missing_file"), ("holiday.toml", "unknown_file"), ("targets.toml", "not_utf8")}


def test_no_folder_is_said_plainly(tmp_path: Path) -> None:
    assert "no_folder" in {problem.code for problem in problems(tmp_path / "nowhere")}
