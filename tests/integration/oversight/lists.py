"""The fund's list for a test: rows by column, read in for a month; the years a test uses are its own."""

import csv
import io
from datetime import date
from typing import Any

from backend.alliance.queries import pack as pack_of
from backend.kernel.roles import system_actor
from backend.oversight.months import month_end
from backend.oversight.settlement import Outcome, import_list
from backend.oversight.settlement_lines import COLUMNS, PAPERS
from backend.store.db import transaction

UPPER = {"xinmi": ("市级", "郑州市中心医院"), "mangshi": ("州级", "德宏州人民医院")}


def going_out(county: str, month: date, number: int, **changed: Any) -> dict[str, Any]:
    """One stay above the county, of somebody of their own."""
    level, hospital = UPPER[county]
    day = month.replace(day=10)
    return {
        "人员代码": f"P{county[0]}{number:05d}",
        "参保地": "本县",
        "医院": hospital,
        "医院级别": level,
        "县内县外": "县外",
        "类别": "住院",
        "专科": "肿瘤科",
        "开始日期": day.replace(day=5).isoformat(),
        "结束日期": day.isoformat(),
        "总费用": "1000.50",
        "报销": "600",
        "转诊证明号": "",
        "就医方式": "",
    } | changed


def table(rows: list[dict[str, Any]], heads: tuple[str, ...] = (*COLUMNS, *PAPERS)) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(heads)
    sheet.writerows([row[head] for head in heads] for row in rows)
    return out.getvalue().encode()


def read_in(app: Any, county: str, month: date, content: bytes, until: date | None = None) -> Outcome:
    with app.app_context(), transaction() as current:
        return import_list(
            current,
            system_actor(county),
            pack_of(county),
            name="清单.csv",
            content=content,
            month=month,
            complete_until=until or month_end(month),
        )
