"""What an answer means: is it possible, is it dangerous, is the disease held, and when to look again.

Thresholds come from the protocol's version (HT-05 to HT-10, DM-03 to DM-07); here is only how they are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backend.alliance.packs.sections.followup import DangerSign, Measure, Protocol
from backend.kernel.errors import Violation
from backend.kernel.sources import HOUSE

_PRESSURE = frozenset({"systolic", "diastolic"})
_ALREADY_BAD = frozenset({"uncontrolled", "adverse_reaction"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What was measured, which danger signs were ticked, and what else was said (codes of the form)."""

    measures: Mapping[str, float]
    danger_signs: Sequence[str] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """The verdict on one answer: its outcome, what was dangerous, and days to the next look."""

    outcome: str  # controlled | uncontrolled | adverse_reaction | complication | danger
    dangerous_measures: tuple[str, ...]
    danger_signs: tuple[str, ...]
    next_days: int
    refer: bool

    @property
    def dangerous(self) -> bool:
        """Whether somebody must act now."""
        return self.outcome == "danger"


def check_answer(protocol: Protocol, answer: Answer, *, by_patient: bool) -> list[Violation]:
    """Return everything that cannot be right, each with a pointer to its field; empty when it can.

    With a danger sign nothing more is asked for: who cannot be woken is not kept waiting for a number (HT-05, DM-03).
    A word that is no sign of this form is only wrong; it lets nobody off the rest.
    """
    signs = {sign.code for sign in protocol.danger_signs}
    waits = signs.isdisjoint(answer.danger_signs)
    wrong = [
        _violation("FU-UNKNOWN", f"表里没有「{code}」这一项。", "请去掉它。", f"/measures/{code}")
        for code in answer.measures
        if code not in {m.code for m in protocol.measures}
    ]
    for measure in protocol.measures:
        value = answer.measures.get(measure.code)
        if value is None:
            if waits and _needed(protocol, measure, answer, by_patient=by_patient):
                wrong.append(_missing(measure))
        elif not measure.possible_from <= value <= measure.possible_to:
            wrong.append(_impossible(measure))
    high, low = answer.measures.get("systolic"), answer.measures.get("diastolic")
    if high is not None and low is not None and low >= high:
        text = "高压应该比低压大，两个数可能填反了。"
        wrong.append(_violation("FU-SWAPPED", text, "请对着血压计再看一遍：上面的大数是高压。", "/measures/systolic"))
    wrong += [
        _violation("FU-SIGN", "没有这个选项。", "请从给出的选项里选。", "/danger_signs")
        for code in answer.danger_signs
        if code not in signs
    ]
    return wrong + _check_fields(protocol, answer, by_patient=by_patient, waits=waits)


def judge(protocol: Protocol, answer: Answer, *, age: int, earlier: Sequence[str] = ()) -> Finding:
    """Judge an answer. `earlier` are the outcomes of the visits before, newest first: a missed one is not among them.

    Danger comes first (HT-05, DM-03), then adverse reaction, then the aims by age (HT-07, DM-05). Twice running
    uncontrolled or adverse means: refer up (HT-10, DM-07).
    """
    dangerous = tuple(
        measure.code
        for measure in protocol.measures
        if measure.code in answer.measures and measure.dangerous(answer.measures[measure.code])
    )
    signs = tuple(code for code in answer.danger_signs if code)
    outcome = _outcome(protocol, answer, age, dangerous=bool(dangerous or signs))
    interval = next(one for one in protocol.intervals if one.outcome == outcome)
    twice = bool(earlier) and earlier[0] in _ALREADY_BAD and outcome in _ALREADY_BAD
    return Finding(
        outcome, dangerous, signs, interval.days, outcome == "danger" or (interval.refer_when_twice and twice)
    )


def _outcome(protocol: Protocol, answer: Answer, age: int, *, dangerous: bool) -> str:
    if dangerous:
        return "danger"
    if answer.fields.get("complication") is True:
        return "complication"
    if answer.fields.get("reaction") is True:
        return "adverse_reaction"
    for measure in protocol.measures:
        value, aim = answer.measures.get(measure.code), measure.target(age)
        if value is not None and aim is not None and value >= aim:
            return "uncontrolled"
    return "controlled"


def _check_fields(protocol: Protocol, answer: Answer, *, by_patient: bool, waits: bool) -> list[Violation]:
    known = {one.code: one for one in protocol.fields}
    wrong = []
    for code, value in answer.fields.items():
        one = known.get(code)
        pointer = f"/fields/{code}"
        if one is None or (by_patient and not one.patient_may_fill):
            wrong.append(_violation("FU-FIELD", "这一项不用您填。", "请去掉它。", pointer))
        elif not _fits(one.kind, one.choices, value):
            wrong.append(_violation("FU-CHOICE", f"「{one.plain}」填得不对。", "请从给出的选项里选。", pointer))
    wrong += [
        _violation("FU-MISSING", f"还没有填「{one.plain}」。", "请补上这一项。", f"/fields/{one.code}")
        for one in protocol.fields
        if one.required and waits and one.code not in answer.fields and (one.patient_may_fill or not by_patient)
    ]
    return wrong


def _fits(kind: str, choices: Sequence[str], value: object) -> bool:
    match kind:
        case "choice":
            return value in choices
        case "choices":
            return isinstance(value, list) and len(value) <= len(choices) and all(one in choices for one in value)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1000
        case "yes_no":
            return isinstance(value, bool)
        case _:
            return isinstance(value, str) and len(value) <= 500


def _needed(protocol: Protocol, measure: Measure, answer: Answer, *, by_patient: bool) -> bool:
    """A clinician fills all that is required. A patient fills what they can measure at home, a pressure whole."""
    if not measure.required:
        return False
    if not by_patient:
        return True
    if measure.code in _PRESSURE and not _PRESSURE.isdisjoint(answer.measures):
        return True
    return not any(one.required and one.code in answer.measures for one in protocol.measures)


def _missing(measure: Measure) -> Violation:
    text = f"还没有填{measure.plain}。"
    return _violation("FU-MISSING", text, "请量好以后填上；量不了就给医生打电话。", f"/measures/{measure.code}")


def _impossible(measure: Measure) -> Violation:
    text = f"{measure.plain}填的数不像真的（一般在 {measure.possible_from:g} 到 {measure.possible_to:g} 之间）。"
    return _violation("FU-IMPOSSIBLE", text, "请再量一遍，对着机器上的数填。", f"/measures/{measure.code}")


def _violation(rule: str, text: str, instead: str, pointer: str) -> Violation:
    return Violation(rule, text, HOUSE, instead, pointer)


def sign_texts(protocol: Protocol, codes: Sequence[str]) -> list[str]:
    """Return the villager's words of ticked danger signs."""
    found: dict[str, DangerSign] = {sign.code: sign for sign in protocol.danger_signs}
    return [found[code].ask for code in codes if code in found]
