"""Every way in: routes of the phone, pages of the desk, read from the app. What is not known here fails by name."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from pydantic import BaseModel

from backend.web.operations import Operation

HOLES: dict[str, tuple[str, ...]] = {
    "resident_id": ("resident",),
    "referral_id": ("referral", "referral:draft"),
    "signature_id": ("referral_signature",),
    "contract_id": ("contract",),
    "conversation_id": ("conversation",),
    "visit_id": ("visit",),
    "follow_up_visit_id": ("follow_up_visit",),
    "handoff_id": ("village_handoff",),
    "stay_id": ("stay",),
    "plan_id": ("follow_up_plan",),
    "advice_id": ("plan_advice",),
    "prescription_id": ("long_prescription",),
    "renewal_id": ("prescription_renewal",),
    "appointment_id": ("appointment",),
    "bed_id": ("bed_request",),
    "waitlist_entry_id": ("waitlist_entry",),
    "schedule_session_id": ("schedule_session",),
    "schedule_template_id": ("schedule_template",),
    "examination_order_id": ("examination_order",),
    "task_id": ("task", "task:pool"),
    "related_id": ("related_person",),
    "authority_id": ("written_authority",),
    "incoming_id": ("incoming_transfer",),
    "attachment_id": ("referral_attachment",),
    "audit_id": ("referral_audit",),
    "spoken_answer_id": ("referral_answer:said",),
    "membership_id": ("alliance_membership",),
}
"""What stands in an address or a body -> the tables of the objects that the world puts there."""

OTHER_NAMES = {"/follow-up-visits/": "follow_up_visit_id"}
"""Addresses whose hole is called as another room's."""

ASKED: dict[tuple[str, str], tuple[str, str | None]] = {
    ("POST", "/api/v1/referrals/<uuid:referral_id>/answer"): ("referral_answer", None),
    ("POST", "/api/v1/referrals/<uuid:referral_id>/pass-on"): ("referral_answer", None),
    ("POST", "/api/v1/referrals/<uuid:referral_id>/department"): ("referral_answer", None),
    ("POST", "/api/v1/referrals/<uuid:referral_id>/spoken-answer"): ("referral_answer", None),
    ("GET", "/desk/answers/<uuid:referral_id>/who"): ("referral_answer", None),
    ("POST", "/desk/answers/<uuid:referral_id>/spoken"): ("referral_answer", None),
    ("POST", "/desk/answers/<uuid:referral_id>/accept"): ("referral_answer", None),
    ("POST", "/desk/answers/<uuid:referral_id>/decline"): ("referral_answer", None),
    ("POST", "/desk/answers/<uuid:referral_id>/pass-on"): ("referral_answer", None),
    ("POST", "/desk/answers/<uuid:referral_id>/department"): ("referral_answer", None),
    ("POST", "/desk/answers/<uuid:referral_id>/bed"): ("bed_request", "bed.answer"),
    ("GET", "/api/v1/residents/<uuid:resident_id>/follow-up-plans"): ("resident", "follow_up_plan.read_of"),
}
"""Where another table is asked than the one in the address, or another action beside the route's own."""

IN_BODY: dict[tuple[str, str], str] = {
    ("POST", "/api/v1/contracts"): "resident_id",
    ("POST", "/api/v1/appointments"): "resident_id",
    ("POST", "/api/v1/waitlist"): "resident_id",
    ("POST", "/api/v1/drug-fetches"): "items.0.prescription_id",
}
"""Objects in a body that its schema does not ask for, or not at the top."""

QUERY: dict[str, str] = {
    "/api/v1/orders/<uuid:examination_order_id>/places": "?institution=tcm-hospital",
    "/api/v1/residents/<uuid:resident_id>/readings": "?codes=systolic",
    "/api/v1/residents/<uuid:resident_id>/long-prescription-check": "?condition=hypertension",
}
"""What must be asked along with an address."""

NO_OBJECT: dict[str, str] = {
    "/api/v1/claims": "by a code in the hand",
    "/api/v1/residents": "a new record, in a village of one's own: test_pairs",
    "/api/v1/residents/look-up": "by papers, written down",
    "/api/v1/certificates/verify": "by a number in the hand, rate limited",
    "/api/v1/arrivals": "whoever stands at the desk: test_pairs",
    "/api/v1/incoming-transfers": "whoever brings a paper from above: referrals/test_incoming",
    "/api/v1/appointments/check-in": "by a code in the hand, among the places of the own house",
    "/api/v1/schedules": "sessions of the own house: booking/test_schedules",
    "/api/v1/schedules/import": "sessions of the own house: booking/test_schedules",
    "/api/v1/leaves": "a clinician of the own house: test_pairs",
    "/api/v1/areas": "a doctor of the own house: test_pairs",
    "/api/v1/areas/scores": "a village doctor in one's charge: test_pairs",
    "/api/v1/related-persons": "for the patient on the screen: test_pairs",
    "/api/v1/sessions": "one's own",
    "/api/v1/sessions/<uuid:session_id>": "one's own: test_pairs",
    "/api/v1/sign-out": "one's own",
    "/api/v1/staff-binding": "one's own",
    "/api/v1/privacy-consents": "one's own",
    "/api/v1/privacy-consents/<kind>": "one's own",
    "/api/v1/subscribe-credits": "one's own",
    "/api/v1/live/tickets": "one's own: test_sockets",
    "/api/v1/conversations": "for the patient on the screen",
    "/api/v1/institutions/<code>": "public",
    "/v/<number>": "public, rate limited, shows no name",
    "/desk/arrivals/look": "by a number in the hand: test_pairs",
    "/desk/arrivals/register": "whoever stands at the desk: test_pairs",
    "/desk/day/come": "by a number in the hand, among the places of the own house",
    "/desk/schedules/check": "sessions of the own house: desk/test_schedules",
    "/desk/schedules/import": "sessions of the own house: desk/test_schedules",
    "/desk/overbook": "whoever stands at the desk: desk/test_week",
    "/desk/overbook/who": "by papers, written down: desk/test_week",
    "/desk/direct/who": "by papers, written down: desk/test_out_of_county",
    "/desk/direct": "whoever tells it at the desk: desk/test_out_of_county",
    "/desk/agreements/review": "an agreement of the pack, by whom it binds: oversight/test_agreements",
    "/desk/ledger": "the own house's ledger: oversight/test_ledgers",
    "/desk/ledger/<uuid:ledger_entry_id>/strike": "an entry of the own house: oversight/test_ledgers",
    "/desk/bureau/settlement": "the fund's list, by the bureau alone",
    "/desk/live": "one's own: test_sockets",
    "/desk/sign-out": "one's own",
}
"""Ways to change or find something that name no object of the world, and why."""


@dataclass(frozen=True)
class Way:
    """One route and method: what it declares, and what it asks about which object."""

    method: str
    rule: str
    operation: Operation
    page: bool
    hole: str | None
    in_body: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def doors(self) -> tuple[str, ...]:
        """The actions that must be one's own before any object is looked at."""
        return ("desk.open", self.operation.action) if self.page else (self.operation.action,)

    def asks(self, table: str) -> tuple[str, str]:
        """Return the table that is asked, and the action."""
        other, action = ASKED.get((self.method, self.rule), (None, None))
        if other is not None and other != table:  # of a draft nobody was asked anything
            table = "nothing" if ":" in table else other
        return table, action or self.operation.action


def ways_of(app: Flask) -> list[Way]:
    """Return every declared way that is not public."""
    found = []
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "operation", None)
        if declared is None or declared.public:
            continue
        found += [_way(method, rule.rule, declared) for method in rule.methods - {"HEAD", "OPTIONS"}]
    return sorted(found, key=lambda way: way.name)


def unmapped(ways: list[Way]) -> list[str]:
    """Return every way for which nobody said what object it is about."""
    lost = []
    for way in ways:
        known = way.hole in HOLES or way.rule in NO_OBJECT or (way.method == "GET" and "<" not in way.rule)
        if not known or (way.hole is not None and way.hole not in HOLES):
            lost.append(way.name)
    return lost


def with_object(ways: list[Way]) -> list[Way]:
    """Return the ways that name an object of the world."""
    return [way for way in ways if way.hole in HOLES]


def _way(method: str, rule: str, declared: Operation) -> Way:
    page = not rule.startswith("/api/")
    if rule in NO_OBJECT:
        return Way(method, rule, declared, page, None, False)
    holes = re.findall(r"<(?:\w+:)?(\w+)>", rule)
    if holes:
        hole = next((name for part, name in OTHER_NAMES.items() if part in rule), holes[0])
        return Way(method, rule, declared, page, hole, False)
    inside = IN_BODY.get((method, rule)) or next(iter(_ids(declared.body)), None)
    return Way(method, rule, declared, page, inside.rsplit(".", 1)[-1] if inside else None, inside is not None)


def _ids(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    schema: dict[str, Any] = model.model_json_schema()
    found = [name for name in schema.get("required", []) if schema["properties"][name].get("format") == "uuid"]
    return sorted(found, key=lambda name: name not in HOLES)
