"""capability.toml: who may treat and do what, and what is planned (MS-3, MS-4.2.3a, MS-4.4, XM-5.4e)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backend.alliance.packs.base import Code, Count, Many, PackModel, Sourced, Text


class Condition(PackModel):
    """A disease an institution treats, with the ICD-10 chapters it covers."""

    code: Code
    name: Text
    icd10: Many[Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$")]]


class Technique(PackModel):
    """A technique that needs admission by the authority (XM-5.4e)."""

    code: Code
    name: Text


class Profile(Sourced):
    """A set of abilities that institutions share; an institution may carry several."""

    code: Code
    name: Text
    conditions: Many[Code] = ()
    services: Many[Text] = ()
    equipment: Many[Text] = ()
    techniques: Many[Code] = ()
    surgery_grade: Annotated[int, Field(ge=0, le=4)] = 0


class Development(Sourced):
    """What a township builds up, planned and reached (MS-4.4, XM-5.1b)."""

    institution: Code
    kind: Literal["specialty", "general_practitioners", "rooms", "equipment"]
    name: Text
    year: Annotated[int, Field(ge=2016, le=2100)]
    planned: Count
    reached: Count
    unit: Text


class CapabilitySection(PackModel):
    """Diseases, admitted techniques, profiles, and what is being built."""

    conditions: Many[Condition]
    techniques: Many[Technique] = ()
    profiles: Many[Profile]
    development: Many[Development] = ()

    def profile(self, code: str) -> Profile:
        """The profile of that code; KeyError when there is none."""
        for profile in self.profiles:
            if profile.code == code:
                return profile
        raise KeyError(code)

    def condition(self, code: str) -> Condition:
        """The disease of that code; KeyError when there is none."""
        for condition in self.conditions:
            if condition.code == code:
                return condition
        raise KeyError(code)
