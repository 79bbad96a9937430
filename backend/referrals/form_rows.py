"""The frozen lines of a certificate as numbered rows of text, the same on the page and on paper. Domain-review 5.1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.records.measures import MEASURES

LONG = frozenset({9, 10, 11})
"""Rows cut at four lines on paper, with "见附页"; the page shows them whole."""


@dataclass(frozen=True, slots=True)
class Row:
    """One numbered line of the form."""

    number: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Since:
    """What has come to a certificate since it was issued, as it stands when it is printed; the frozen lines stay.

    `signed` holds the signatures that were made up: name and minute, by their place in row 17.
    """

    place: str = ""
    signed: Mapping[int, tuple[str, str]] = field(default_factory=dict)


_NOTHING = Since()


def rows(facts: dict[str, Any], since: Since = _NOTHING) -> list[Row]:
    """Return rows 1 to 19, with what came since. Row 13 is for the way down; on the way up it says so."""
    return [
        Row(1, "转出 · 转往", _places(facts["places"])),
        Row(2, "病人", _person(facts["person"])),
        Row(3, "住址 · 联系人", _address(facts["person"])),
        Row(4, "参保 · 签约", _insurance(facts["insurance"])),
        Row(5, "首诊", _first_visit(facts["first_visit"])),
        Row(6, "转诊类别", facts["category"]),
        _diagnosis(facts["diagnosis"], facts.get("operation", {})),  # papers of before have none
        Row(8, "转诊指征 · 标准", _indication(facts["indication"])),
        Row(9, "主要病情与体征", _condition(facts["condition"])),
        Row(10, "已做检查检验", _examinations(facts["examinations"])),
        Row(11, "已用治疗与药物", f"{facts['treatment']['given']}　过敏、传染及注意：{facts['treatment']['caution']}"),
        Row(12, "越级理由", _skip(facts["skip"])),
        Row(13, "下转交接", _handover(facts)),
        Row(14, "随带资料", "、".join(facts["papers"])),
        Row(15, "约好的时间地点", since.place or "由转诊服务台安排，先打电话问清再出发"),
        Row(16, "患者或监护人", _consent(facts["consent"])),
        Row(17, "签字", "；".join(_signature(one, since.signed.get(n)) for n, one in enumerate(facts["signatures"]))),
        Row(18, "有效期", _validity(facts, since)),
        Row(19, "提示", " ".join(facts["footnote"])),
    ]


def _places(places: dict[str, Any]) -> str:
    issuer = _with_second(places["from"], places["from_second_name"], places["from_level"])
    target = _with_second(places["to"], places["to_second_name"], places["to_level"])
    doctor = f" {places['to_doctor']}" if places["to_doctor"] else ""
    confirmed = f"已联系确认：{places['confirmed_by']} {places['confirmed_at']}".rstrip()
    if not places["confirmed_by"]:
        confirmed = "这个科还没有答复，去之前先打转诊服务台电话问清"
    if places["announced"]:
        confirmed = "急诊已打招呼，先救后补手续"
    return f"{issuer} → {target}，{places['to_department']}{doctor}　{confirmed}"


def _with_second(name: str, second: str, level: str) -> str:
    if "（" in level:  # 市级（县级市）: brackets never stand in brackets
        return f"{name}（{second}） {level}" if second else f"{name} {level}"
    return f"{name}（{second}，{level}）" if second else f"{name}（{level}）"


def _person(person: dict[str, Any]) -> str:
    parts = [person["name"], person["sex"], f"{person['birth_on']}（{person['age']} 岁）", person["ethnicity"]]
    parts += [f"身份证 {person['id_number']}", f"健康档案号 {person['record_number']}"]
    return "　".join(part for part in parts if part)


def _address(person: dict[str, Any]) -> str:
    contact = person.get("contact")
    kin = f"联系人 {contact['name']}（{contact['relation']}）{contact['phone']}" if contact else "联系人没有登记"
    parts = [person["address"], f"电话 {person['phone']}", kin, f"说{person['language']}"]
    # A paper issued before the form had this part stays as it was issued.
    return "　".join(part for part in parts if part != kin or "contact" in person)


def _insurance(insurance: dict[str, Any]) -> str:
    return f"{insurance['kind']}（{insurance['place']}）　签约：{insurance['team']}"


def _first_visit(visit: dict[str, Any]) -> str:
    return "　".join(visit[name] for name in ("institution", "department", "doctor", "day") if visit[name])


def _diagnosis(diagnosis: dict[str, Any], operation: dict[str, str]) -> Row:
    words = f"{diagnosis['text']}　{diagnosis['code']}".rstrip()
    named = [text for text in operation.values() if text]
    if not named:
        return Row(7, "诊断", words)
    label = "诊断 · 拟做手术" if operation["grade"] else "诊断 · 拟做技术"
    return Row(7, label, f"{words}　拟做：{'、'.join(named)}")


def _indication(indication: dict[str, Any]) -> str:
    article = f"：{indication['article']}" if indication["article"] else ""
    return f"{indication['short']}（{indication['text']}）　{indication['standard']}{article}"


def _condition(condition: dict[str, Any]) -> str:
    values = []
    for one in condition["readings"]:
        code, value, unit = one.split(":", 2)
        measure = MEASURES.get(code)
        values.append(f"{measure.name if measure else code} {value} {unit}")
    taken = condition.get("readings_on")  # of papers before it was kept: none
    if values and taken:
        values[0] = f"{date.fromisoformat(taken):%-m月%-d日}量：{values[0]}"
    return "　".join([condition["summary"], *values])


def _examinations(examinations: list[dict[str, Any]]) -> str:
    if not examinations:
        return "无"
    return "；".join(
        f"{one['name']} {one['day']} {one['institution']} {one['text']}"
        f"（{'能直接用' if one['recognised'] else '带来参考'}）"
        for one in examinations
    )


def _skip(skip: dict[str, Any]) -> str:
    told = f"　近处能治的（已告知）：{'、'.join(skip['told'])}" if skip["told"] else ""
    return f"{skip['reason']}{told}"


def _handover(facts: dict[str, Any]) -> str:
    handover = facts.get("handover") or {}  # the oldest papers have none
    nothing = "上转不填" if facts["direction"] == "上转" else "无"
    return "；".join(f"{label}：{text}" for label, text in handover.items()) or nothing


def _consent(consent: dict[str, Any]) -> str:
    parts = [f"{consent['by']} {consent['name']} 已同意（{consent['at']}，同意书 {consent['version']}）"]
    if consent["relation"]:
        parts.append(f"与患者关系：{consent['relation']}")
    if consent["witness"]:
        parts.append(f"见证人：{consent['witness']}　说明用{consent['language']}")
    if consent["interpreter"]:
        parts.append(f"翻译：{consent['interpreter']}")
    return "　".join(parts)


def _signature(signature: dict[str, Any], made_up: tuple[str, str] | None) -> str:
    if not signature["name"] and made_up:
        return f"{signature['title']}：{made_up[0]} {made_up[1]} 补签"
    if not signature["name"]:
        return f"{signature['title']}：{'下个上班日补签' if signature['late'] else '　　　　'}"
    note = signature.get("note", "")  # papers of before have none
    return f"{signature['as']}：{signature['name']} {signature['at']}" + (f"（{note}）" if note else "")


def _validity(facts: dict[str, Any], since: Since) -> str:
    uses = "有效期内不限次数" if facts["uses"] == 0 else f"可住院 {facts['uses']} 次，看门诊不占次数"
    if facts["direction"] == "下转":
        uses = f"可用 {facts['uses']} 次" if facts["uses"] else uses
    late = "　补签：先去看病，签字下个上班日补" if facts["late"] else ""
    if late and all(one["name"] or n in since.signed for n, one in enumerate(facts["signatures"])):
        late = f"　签字已在 {max(at for _, at in since.signed.values())} 补齐"
    return f"到 {facts['valid_until']}　{uses}{late}"
