"""The smallest body that a route accepts, made from its own schema: a new route needs no line here."""

import json
from functools import cache
from typing import Any
from uuid import uuid4

from pydantic import BaseModel

from tests.integration.referrals.rig import PIN, drawn

KNOWN: dict[str, Any] = {
    "pin": PIN,
    "content_hash": "0" * 64,
    "drawn": drawn(),
    "month": "2026-11",
    "text": "1234567890",
    "hand_over_code": "12345678",
    "code": "systolic",
    "unit": "mmHg",
    "drug": "amlodipine-5",
    "condition": "hypertension",
    "to_institution": "people-hospital",
    "category": "outpatient",
    "household": "2",
    "package": "basic",
    "confirmation": "phone_app",
    "name": "甲乙",
    "values": [{"code": "systolic", "value": 130, "unit": "mmHg"}, {"code": "diastolic", "value": 80, "unit": "mmHg"}],
}
"""Values by name where the schema alone does not say enough."""
WHOLE: dict[str, dict[str, Any]] = {
    "LookUp": {"record_number": "1" * 17},
    "CodeIssue": {"papers_seen": True},
    "Correction": {"household": "2"},
    "Invitation": {"holder_name": "甲乙", "relation": "女儿"},
    "Binding": {"bind_code": "12345678", "pin": PIN},
    "SettledIn": {
        "code": "x1",
        "department": "cardiology",
        "title": "专病门诊",
        "start": "08:00",
        "end": "11:00",
        "capacity": 9,
        "from_on": "2026-12-30",
        "weekdays": [1],
    },
    "ComeBackIn": {"indication": "limited", "choice_by_patient": True, "pin": PIN},
    "IncomingIn": {
        "resident_id": str(uuid4()),
        "from_name": "省医院",
        "discharged_on": "2026-01-02",
        "category": "home",
        "to_institution": "people-hospital",
        "diagnosis_text": "高血压",
    },
    "DirectVisitIn": {
        "resident_id": str(uuid4()),
        "hospital": "省医院",
        "level": "province",
        "kind": "visit",
        "went_on": "2026-01-02",
        "reason": "trust",
    },
    "AssignIn": {"department": "cardiology"},
    "ReassignIn": {"practitioner_id": str(uuid4()), "reason": "on-leave"},
    "IncomingPassOnIn": {"to_institution": "people-hospital", "reason": "no-bed"},
    "ImportIn": {"name": "排班.csv", "content": ""},
    "Claim": {"hand_over_code": "12345678"},
}
"""Bodies of which one of several ways must be given."""


@cache
def body_for(model: type[BaseModel]) -> dict[str, Any]:
    """Return a valid body with only what is required. Raises ValueError, naming the schema, when it cannot."""
    schema = model.model_json_schema()
    body = WHOLE.get(model.__name__) or _object(schema, schema.get("$defs", {}))
    try:
        model.model_validate_json(json.dumps(body), strict=True)
    except ValueError as error:
        raise ValueError(f"no body is known for {model.__name__}: {error}") from error
    return body


def _object(schema: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    return {
        name: KNOWN[name] if name in KNOWN else _value(schema["properties"][name], defs)
        for name in schema.get("required", [])
    }


def _value(schema: dict[str, Any], defs: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(defs[schema["$ref"].rsplit("/", 1)[-1]], defs)
    if several := schema.get("anyOf") or schema.get("allOf"):
        return _value(several[0], defs)
    if "enum" in schema or "const" in schema:
        return schema.get("enum", [schema.get("const")])[0]
    match schema.get("format") or schema.get("type"):
        case "array":
            return [_value(schema["items"], defs) for _ in range(schema.get("minItems", 0))]
        case "object":
            return _object(schema, defs)
        case kind:
            return _plain(str(kind), schema)


def _plain(kind: str, schema: dict[str, Any]) -> Any:
    match kind:
        case "uuid":
            return str(uuid4())
        case "date":
            return "2026-12-30"
        case "string":
            return "字" * max(schema.get("minLength", 1), 2)
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
    raise ValueError(f"no value is known for {schema}")
