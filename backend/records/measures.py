"""What may be measured, in which unit, and what cannot be true. Pure; thresholds of danger live in the protocols."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.kernel.errors import Invalid, Violation
from backend.kernel.sources import HOUSE


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured: its unit and what is possible at all in a living person."""

    code: str
    name: str
    unit: str
    lowest: Decimal
    highest: Decimal


def _measure(code: str, name: str, unit: str, lowest: str, highest: str) -> Measure:
    return Measure(code, name, unit, Decimal(lowest), Decimal(highest))


MEASURES = {
    measure.code: measure
    for measure in (
        _measure("systolic", "高压", "mmHg", "40", "300"),
        _measure("diastolic", "低压", "mmHg", "20", "200"),
        _measure("pulse", "脉搏", "次/分", "20", "260"),
        _measure("glucose_fasting", "空腹血糖", "mmol/L", "0.5", "60"),
        _measure("glucose_random", "随机血糖", "mmol/L", "0.5", "60"),
        _measure("temperature", "体温", "℃", "30", "45"),
        _measure("oxygen", "血氧", "%", "40", "100"),
        _measure("weight", "体重", "kg", "0.5", "300"),
        _measure("height", "身高", "cm", "30", "250"),
        _measure("waist", "腰围", "cm", "30", "200"),
    )
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One value as somebody gives it. `unit` must be the measure's own: nothing is converted in silence."""

    code: str
    value: Decimal
    unit: str


def check(values: Sequence[Measured]) -> None:
    """Refuse what cannot be true. Raises Invalid with every complaint at once."""
    found = [complaint for place, one in enumerate(values) if (complaint := _complaint(place, one))]
    by_code = {one.code: one.value for one in values}
    if len(by_code) != len(values):
        found.append(_violation("twice", None, "同一项填了两次。", "请只留一个数。"))
    systolic, diastolic = by_code.get("systolic"), by_code.get("diastolic")
    if (systolic is None) != (diastolic is None):
        found.append(_violation("pressure_pair", None, "血压要高压、低压一起填。", "请把另一个数也填上。"))
    elif systolic is not None and diastolic is not None and systolic <= diastolic:
        text = f"高压 {systolic:g} 不比低压 {diastolic:g} 高，像是填反了。"
        found.append(_violation("pressure_swapped", None, text, "请对一下血压计，高压填在前面。"))
    if not values:
        found.append(_violation("empty", None, "还没有填数。", "请至少填一项。"))
    if found:
        raise Invalid("measured_wrong", found[0].text, violations=found)


def _complaint(place: int, one: Measured) -> Violation | None:
    measure = MEASURES.get(one.code)
    if measure is None:
        return _violation("unknown", place, "没有这个测量项。", "请从列出的项目里选。")
    if one.unit != measure.unit:
        text = f"{measure.name}的单位是 {measure.unit}，不是 {one.unit}。"
        return _violation("unit", place, text, f"请换算成 {measure.unit} 再填。")
    if not measure.lowest <= one.value <= measure.highest:
        text = f"{measure.name} {one.value:g} {measure.unit} 不太可能。"
        return _violation("range", place, text, "请再量一次，或看看小数点。")
    return None


def _violation(name: str, place: int | None, text: str, instead: str) -> Violation:
    pointer = "/values" if place is None else f"/values/{place}"
    return Violation(f"records.measured_{name}", text, HOUSE, instead, pointer)
