"""Units are checked, impossible values and swapped pressures are refused, all complaints at once."""

from decimal import Decimal

import pytest

from backend.kernel.errors import Invalid
from backend.records.measures import Measured, check


def measured(code: str, value: str, unit: str) -> Measured:
    return Measured(code, Decimal(value), unit)


PRESSURE = (measured("systolic", "168", "mmHg"), measured("diastolic", "102", "mmHg"))


def refusals(*values: Measured) -> set[str]:
    with pytest.raises(Invalid) as refused:
        check(values)
    return {violation.rule.removeprefix("records.measured_") for violation in refused.value.violations}


def test_what_is_possible_passes() -> None:
    check((*PRESSURE, measured("pulse", "76", "次/分"), measured("glucose_fasting", "6.9", "mmol/L")))


def test_swapped_pressure_is_refused() -> None:
    assert refusals(measured("systolic", "80", "mmHg"), measured("diastolic", "120", "mmHg")) == {"pressure_swapped"}
    assert refusals(measured("systolic", "90", "mmHg"), measured("diastolic", "90", "mmHg")) == {"pressure_swapped"}


def test_half_a_pressure_is_refused() -> None:
    assert refusals(measured("systolic", "140", "mmHg")) == {"pressure_pair"}


@pytest.mark.parametrize(("unit"), ["mg/dL", "MMOL/L", ""])
def test_a_foreign_unit_is_never_converted_in_silence(unit: str) -> None:
    assert refusals(measured("glucose_fasting", "6.9", unit)) == {"unit"}


def test_complaints_come_all_at_once() -> None:
    assert refusals(measured("pulse", "7", "次/分"), measured("magic", "1", "x"), measured("weight", "60", "斤")) == {
        "range",
        "unknown",
        "unit",
    }


def test_the_same_item_twice_is_refused() -> None:
    assert refusals(measured("pulse", "70", "次/分"), measured("pulse", "80", "次/分")) == {"twice"}


def test_nothing_is_refused() -> None:
    assert refusals() == {"empty"}
