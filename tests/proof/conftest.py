"""The frame of every proof: a durable PostgreSQL, the scoreboard, and the page written at the end."""

import base64
from collections.abc import Callable, Iterator

import pytest

from backend.config import Settings
from launcher import servers
from launcher.servers import Running
from tests.proof.rig import Rig, rig
from tests.proof.score import Scoreboard, Tally
from tests.proof.stage import Stage, Stages, require_durable

_BOARD = Scoreboard()
IN_PROCESSES = (
    "keys-forgotten",
    "place-without-guard",
    "unknown-repeated",
    "lost-call-repeated",
    "answers-wait-for-valkey",
)
Play = Callable[[Stage], Tally]
Prove = Callable[..., Tally]


@pytest.fixture(scope="session")
def board() -> Scoreboard:
    """Every line of this run."""
    return _BOARD


@pytest.fixture(scope="session")
def durable(state_dir) -> Iterator[Running]:
    """PostgreSQL as in production, and Valkey."""
    with servers.start(state_dir / "durable", durable=True) as started:
        require_durable(started.database_url)
        yield started


@pytest.fixture(scope="session")
def stages(durable: Running) -> Stages:
    """Fresh databases from one template."""
    return Stages(
        Settings(
            database_url=durable.database_url,
            redis_url=durable.redis_url,
            master_key=base64.b64encode(b"proof master key, 32 bytes long!").decode(),
            embedded=True,
            demo=True,
            wechat_app_id="wx0000000000000000",
            wechat_app_secret="stand-in secret",
        )
    )


@pytest.fixture(scope="session")
def sound_house() -> Iterator[Rig]:
    """Real processes on servers that may be killed, as the Procfile starts them."""
    with rig() as place:
        yield place


@pytest.fixture(scope="session")
def broken_house() -> Iterator[Rig]:
    """The same with every fault that a proof over real processes must see."""
    with rig(*IN_PROCESSES) as place:
        yield place


@pytest.fixture
def prove(stages: Stages, board: Scoreboard) -> Prove:
    """Play a proof on the sound product, then on each broken one: the first must be clean, the others must not."""

    def run(invariant: str, says: str, play: Play, *faults: str) -> Tally:
        with board.line(invariant, says) as line:
            with stages.open() as stage:
                line.tally = play(stage)
            for fault in faults:
                with stages.open(fault) as stage:
                    line.seeded[fault] = bool(play(stage).violations)
        assert line.tally.violations == []
        assert line.tally.attempts > 0
        assert all(line.seeded.values()), line.seeded
        return line.tally

    return run


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the page: the whole of it after a whole run, else only the lines that were played to their end."""
    config = session.config
    whole = [str(one).rstrip("/") for one in config.args] == ["tests/proof"] and not config.option.keyword
    if _BOARD.lines:
        _BOARD.publish(whole=whole and exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines, and how many seeded faults were seen."""
    if not _BOARD.lines:
        return
    terminalreporter.section("proved")
    for line in _BOARD.lines:
        tally = line.tally
        terminalreporter.write_line(
            f"{line.invariant:<6} {tally.attempts:>7} attempts, {sum(tally.faults.values())} faults,"
            f" {len(tally.violations)} violations, {line.seconds:.0f} s  {line.says}"
        )
    terminalreporter.write_line("caught {}/{}".format(*_BOARD.caught) + f"  (PROOF_SEED={_BOARD.seed})")
