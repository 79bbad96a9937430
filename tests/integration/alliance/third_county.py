"""Builds the folder of a third county: other levels, other names, a chain of five. No code knows it."""

import re
import shutil
from pathlib import Path

LEVELS = {"village": "station", "township": "community", "county": "district", "city": "municipal"}

CHAIN = """
[[chains]]
code = "up-community"
version = "2026 版"
direction = "up"
issuer_levels = ["community"]
effective_from = 2026-01-01
source = "QH-7"
"""
STEPS = (
    ("treating", "family_doctor", "sign", "issuer"),
    ("department-head", "department_head", "sign", "issuer"),
    ("medical-office", "medical_office", "sign", "issuer"),
    ("register", "desk_clerk", "register", "issuer"),
    ("insurance-agency", "insurance_agency", "sign", "insurance_agency"),
)


def step(order: int, code: str, role: str, act: str, of: str) -> str:
    return (
        f'\n[[chains.steps]]\norder = {order}\ncode = "{code}"\nroles = ["{role}"]\ntitle = "第 {order} 步"\n'
        f'act = "{act}"\nof = "{of}"\nmay_sign_after_office_hours = true\nlimit_working_minutes = 60\n'
    )


def build(parent: Path, counties: Path) -> Path:
    """Write the folder `qinghe` (清河区, invented) under `parent` and return it."""
    folder = parent / "qinghe"
    shutil.copytree(counties / "xinmi", folder)
    for path in folder.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"\bXM-", "QH-", text).replace("新密", "清河").replace("0371-", "0510-")
        text = text.replace('prefix = "XM"', 'prefix = "QH"').replace('"xinmi"', '"qinghe"').replace('"0371"', '"0510"')
        for old, new in LEVELS.items():
            text = re.sub(rf'((?<!\w)(?:level|code) = )"{old}"', rf'\1"{new}"', text)
            text = re.sub(rf'(levels = \["[^\]]*?|levels = \[)"{old}"', rf'\1"{new}"', text)
        path.write_text(text, encoding="utf-8")
    _without_province(folder)
    _own_chain(folder)
    return folder


def _without_province(folder: Path) -> None:
    county = folder / "county.toml"
    lines = [line for line in county.read_text(encoding="utf-8").splitlines() if 'code = "province"' not in line]
    county.write_text("\n".join(lines), encoding="utf-8")
    for path in folder.glob("*.toml"):
        text = (
            path.read_text(encoding="utf-8")
            .replace(', "province"', "")
            .replace('level = "province"', 'level = "municipal"')
        )
        path.write_text(text, encoding="utf-8")
    insurance = folder / "insurance.toml"
    text = insurance.read_text(encoding="utf-8")
    farthest = text[text.rindex("[[stays]]") : text.index("# ---- 门诊")]
    insurance.write_text(text.replace(farthest, ""), encoding="utf-8")


def _own_chain(folder: Path) -> None:
    referral = folder / "referral.toml"
    text = referral.read_text(encoding="utf-8")
    before, _, rest = text.partition('[[chains]]\ncode = "up-township"')
    after = rest[rest.index('[[chains]]\ncode = "up-county"') :]
    chain = CHAIN + "".join(step(order, *what) for order, what in enumerate(STEPS, start=1))
    referral.write_text(before + chain + "\n" + after, encoding="utf-8")
    sources = folder / "sources.toml"
    text = sources.read_text(encoding="utf-8")
    clause = 'clauses = [\n  { id = "QH-7", section = "第七条", title = "转诊由五个人依次签字" },'
    text = text.replace("clauses = [", clause, 1)
    text = text.replace(
        '"referral.signatures_required" = "S-referral-chain"', '"referral.signatures_required" = "QH-7"'
    )
    sources.write_text(text, encoding="utf-8")
