"""The bureau's page as rows and sentences; small counts are hidden before they reach a page or a spreadsheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.alliance.packs import Pack
from backend.alliance.queries import pack as pack_of
from backend.contracts.coverage import Share
from backend.kernel.roles import Actor
from backend.oversight import figures
from backend.oversight.alarms import Looked, looked
from backend.oversight.figures import LevelCount, ListState
from backend.oversight.months import month_end, months_back
from backend.oversight.recognition_counts import RecognitionRow, recognition_rows, repeat_reasons
from backend.oversight.referral_counts import ReferralRow, referral_rows
from backend.oversight.targets import FEW, Figure, hide_few
from backend.web.sheets import Cell

FEW_TEXT = "少于5"
_COLUMNS = ("up", "issued", "arrived", "told", "under_way", "ended", "down_bed", "down_home")
REFERRAL_HEADS = ("申请上转", "开了证明", "已到院", "其中县外（听说）", "在办", "没办成", "下转住院", "下转回家")
RECOGNITION_HEADS = ("用了做过的结果", "省下（元，样例）", "写明原因重做")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One institution with its counts as they may be shown."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShareLine:
    """Some people of all in a group or village, as they may be shown."""

    name: str
    part: str
    whole: str
    percent: str
    target: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the bureau's page for one month."""

    county: str
    month: date
    figures: tuple[Figure, ...]
    levels: tuple[LevelCount, ...]
    silent: tuple[str, ...]
    referrals: tuple[ReferralLine, ...]
    referral_totals: tuple[str, ...]
    recognition: tuple[ReferralLine, ...]
    repeat_reasons: tuple[tuple[str, str], ...]
    groups: tuple[ShareLine, ...]
    villages: tuple[ShareLine, ...]
    alarms: tuple[Looked, ...]
    lists: tuple[ListState, ...]
    charts: tuple[dict[str, Any], ...]


def board(actor: Actor, month: date) -> Board:
    """Gather a month's page."""
    county_id = actor.county_id
    pack, months = pack_of(county_id), months_back(month, MONTHS)
    rows = referral_rows(county_id, month)
    found = tuple(figures.figures(county_id, month))
    signed = figures.sign_up(county_id)
    return Board(
        county=pack.county.name,
        month=month,
        figures=found,
        levels=tuple(figures.visits_by_level(county_id, month)),
        silent=tuple(figures.silent(county_id, month)),
        referrals=_referrals(rows),
        referral_totals=tuple(total_of([getattr(row, name) for row in rows]) for name in _COLUMNS),
        recognition=_recognition(recognition_rows(county_id, month)),
        repeat_reasons=_reasons(repeat_reasons(county_id, month)),
        groups=tuple(
            share_line(name, signed.county.groups[code], f"{target}%")
            for code, (name, target) in signed.group_targets.items()
            if code in signed.county.groups
        ),
        villages=tuple(share_line(row.name, row.signed, f"{signed.target_signed_percent}%") for row in signed.villages),
        alarms=tuple(looked(county_id, month)),
        lists=tuple(figures.list_states(county_id, months)),
        charts=tuple(_charts(pack, found, figures.trend(county_id, months), months)),
    )


def sheet_rows(found: Board) -> Iterator[Sequence[Cell]]:
    """Return the page as the rows of one sheet."""
    yield [f"{found.county} {found.month:%Y-%m} 分级诊疗指标"]
    yield []
    yield ["指标", "数值（%）", "分子", "分母", "目标", "情况", "缺什么", "出处"]
    for one in found.figures:
        counted = one.counted
        yield [
            one.name,
            "还算不出来" if one.percent is None else one.percent,
            None if one.percent is None else counted.part,
            None if one.percent is None else counted.whole,
            one.target_text + ("（样例）" if one.sample_target else ""),
            one.sentence,
            "；".join(counted.missing),
            one.source.id,
        ]
        for name, kind in one.kinds:
            yield [f"  其中：{name}", "" if kind.percent is None else kind.percent, kind.part, kind.whole]
    yield []
    yield ["机构", *REFERRAL_HEADS]
    for line in found.referrals:
        yield [line.name, *(int(cell) if cell.isdigit() else cell for cell in line.cells)]
    yield ["合计", *(int(cell) if cell.isdigit() else cell for cell in found.referral_totals)]
    yield []
    yield ["机构", *RECOGNITION_HEADS]
    for line in found.recognition:
        yield [line.name, *line.cells]
    for reason, cell in found.repeat_reasons:
        yield [f"  重做的原因：{reason}", cell]
    yield []
    yield ["级别", "这个月看病人次"]
    for level in found.levels:
        yield [level.name, level.visits]
    yield ["没有记一次看病的村、乡机构", "、".join(found.silent) or "没有"]
    yield []
    for head, lines in (("重点人群", found.groups), ("村", found.villages)):
        yield [head, "签了", "一共", "比例", "目标"]
        for share in lines:
            yield [share.name, share.part, share.whole, share.percent, share.target]
        yield []


def share_line(name: str, share: Share, target: str) -> ShareLine:
    """Return a share as it may be shown: of few people nothing is told, nor of few outside the part."""
    whole = FEW_TEXT if 0 < share.whole < FEW else str(share.whole)
    few = 0 < share.part < FEW or 0 < share.whole - share.part < FEW or 0 < share.whole < FEW
    if few:
        return ShareLine(name, "—", whole, "人少，不写", target)
    return ShareLine(name, str(share.part), whole, "—" if share.percent is None else f"{share.percent}%", target)


def total_of(values: list[int]) -> str:
    """Return the sum of a column as it may be shown: of few nothing, nor where it would tell the one that is hidden."""
    total = sum(values)
    alone = hide_few(values).count(None) == 1
    return FEW_TEXT if alone or 0 < total < FEW else str(total)


def _referrals(rows: list[ReferralRow]) -> tuple[ReferralLine, ...]:
    columns = [hide_few([getattr(row, name) for row in rows]) for name in _COLUMNS]
    return tuple(
        ReferralLine(row.name, tuple(_cell(column[place]) for column in columns)) for place, row in enumerate(rows)
    )


def _recognition(rows: list[RecognitionRow]) -> tuple[ReferralLine, ...]:
    used, repeated = (hide_few([getattr(row, name) for row in rows]) for name in ("used", "repeated"))
    return tuple(
        # Of few examinations the money would tell how many.
        ReferralLine(
            row.name,
            (_cell(used[place]), "—" if used[place] is None else f"{row.saved_fen / 100:.0f}", _cell(repeated[place])),
        )
        for place, row in enumerate(rows)
    )


def _reasons(rows: list[tuple[str, int]]) -> tuple[tuple[str, str], ...]:
    shown = hide_few([number for _, number in rows])
    return tuple((text, _cell(value)) for (text, _), value in zip(rows, shown, strict=True))


def _cell(value: int | None) -> str:
    return FEW_TEXT if value is None else str(value)


def _charts(
    pack: Pack, found: tuple[Figure, ...], values: dict[str, list[float | None]], months: list[date]
) -> Iterator[dict[str, Any]]:
    labels = [f"{month.month}月" if month.month > 1 else f"{month.year}年1月" for month in months]
    for one in found:
        if one.code not in values:
            continue
        last = month_end(months[-1])
        target = next((t for t in pack.targets.targets if t.indicator == one.code and t.in_force(last)), None)
        yield {
            "title": one.name,
            "labels": labels,
            "values": values[one.code],
            "target": target.percent if target else None,
            "band": target.band if target else 0,
            "empty": all(value is None for value in values[one.code]),
        }
