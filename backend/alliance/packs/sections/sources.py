"""sources.toml: the county's clauses, its settings, and which rule rests on which source."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from backend.alliance.packs.base import Many, PackModel, SourceId, Text

RuleCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]


class Clause(PackModel):
    """A clause of this county's paper, with a short Chinese title."""

    id: SourceId
    section: Text
    title: Text


class SettingSource(PackModel):
    """A setting of the county; ``sample`` until the county has settled it."""

    id: SourceId
    title: Text
    sample: bool = True


class SourcesSection(PackModel):
    """Where every rule of the pack stands; ``rules`` names the source of a refusal's code."""

    document: Text
    document_title: Text
    issued_on: Text
    clauses: Many[Clause]
    settings: Many[SettingSource]
    rules: Annotated[dict[RuleCode, SourceId], Field(min_length=1)]
