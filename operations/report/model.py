"""The report as data: what `--json` prints, and what the page and the comment are written from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Link(_Part):
    """One link of a chain, from a ServiceAccount to a vault's object."""

    what: str = Field(description="What the link is, such as federated credential or role assignment.")
    source: str = Field(description="Where the link begins.")
    target: str = Field(description="Where the link leads.")
    state: Literal["held", "unknown", "external", "missing"] = Field(
        default="held", description="external: made by another person or tool."
    )


class Reading(_Part):
    """A workload that reads an object of a vault."""

    workload: str
    namespace: str
    service_account: str
    vault: str
    kind: str = Field(description="secret, certificate or key.")
    name: str = Field(description="Name of the object; * is every object of the vault.")
    technique: str
    reader: str = Field(
        default="",
        description="What reads for the workload; empty if its pods or an operator do, as its own identity.",
    )
    named: bool = Field(
        default=True,
        description="Whether an object of the workload names it; else its identity may read it nevertheless.",
    )
    text: str = Field(description="A sentence.")
    links: list[Link] = Field(description="The chain, in order.")
    change: Literal["gained", "lost", "same"] = "same"
    conditional: bool = Field(
        default=False,
        description="Whether the change makes it depend on a link that another person or tool makes.",
    )
    awaits_grant: bool = Field(
        default=False, description="Whether another person or tool has yet to give the right to read."
    )


class Right(_Part):
    """Rights of a workload at an object of a vault that go beyond reading it."""

    workload: str
    vault: str
    kind: str = Field(description="secret, certificate or key.")
    name: str = Field(description="Name of the object; * is every object of the vault.")
    rights: list[str] = Field(description="Rights that the stack lists: set, sign, unwrap, import …")
    besides: list[str] = Field(default=[], description="Rights that come with the role, and are not listed.")
    by: list[str] = Field(description="The roles, or access policy.")
    text: str = Field(description="A sentence.")
    short: str = Field(description="The sentence without what comes with the role.")
    awaits_grant: bool = Field(
        default=False, description="Whether another person or tool has yet to give a part of the rights."
    )
    change: Literal["gained", "lost", "same"] = "same"


class MovedValue(_Part):
    """A variable or file of a workload's pods that carries another object than before, or goes."""

    workload: str
    text: str = Field(description="A sentence.")
    another: bool = Field(description="Whether it carries another object; else the object has another place.")


class Possibility(_Part):
    """Something that could read more than the workloads' own objects ask for."""

    text: str = Field(description="A sentence.")
    expected: bool = Field(
        default=False, description="Whether it comes with each workload of the kind, so that it is no news."
    )
    change: Literal["gained", "lost", "same"] = "same"


class ResourceChange(_Part):
    """The operation on one resource, and its causes."""

    operation: str = Field(description="create, update, replace, delete or import.")
    type: str
    name: str = Field(description="Logical name.")
    text: str = Field(description="A sentence.")
    causes: list[str] = Field(description="Paths of the properties that cause it.")
    weighty: bool = Field(description="Whether something that others live on goes or is replaced.")


class Proof(_Part):
    """The verdict of one proof, or one of its findings."""

    proof: str
    severity: Literal["error", "warning"]
    status: Literal["broken", "unknown", "waived", "proved", "does not apply"]
    workload: str = ""
    text: str = ""
    fix: str = Field(default="", description="The line of the stack file that mends it.")
    cause: str = Field(default="", description="The broken proof from which the finding follows.")
    new: bool = Field(default=False, description="Whether the stack before the change did not have it.")


class Waiver(_Part):
    """A proof that the settings waive."""

    proof: str
    workload: str
    reason: str
    expires: str = Field(description="The last day, YYYY-MM-DD.")
    expired: bool


class Report(_Part):
    """The access report of a stack."""

    version: Literal[1] = 1
    stack: str
    source: Literal["rehearsal", "preview", "state", "build"] = Field(description="What it was made from.")
    compared: bool = Field(description="Whether there is a stack before the change to compare with.")
    readings: list[Reading] = Field(description="Every reading, those that the change takes away included.")
    rights: list[Right] = Field(
        default=[], description="What workloads may do besides reading, what the change takes away included."
    )
    moved: list[MovedValue] = Field(
        default=[], description="Variables and files that carry another object; objects that move in pods."
    )
    possible: list[Possibility] = Field(description="Who could read more.")
    loosened: list[str] = Field(description="Locks that the change turns off or loosens.")
    notices: list[str] = Field(
        default=[], description="Other ways of reading what could be read before; waivers that are new."
    )
    resources: list[ResourceChange]
    proofs: list[Proof]
    waivers: list[Waiver]


def schema() -> dict[str, Any]:
    """The JSON schema of the document, which docs/report.schema.json publishes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Report.model_json_schema(by_alias=True),
    }
