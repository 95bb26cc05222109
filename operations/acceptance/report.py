"""The report of an acceptance: what ran, how long it took, and what differed from the rehearsal.

`report.md` is made to be attached to an issue, `report.json` to be compared with another one.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from operations.acceptance.redaction import Redaction

Outcome = Literal["done", "failed"]
_PACKAGES: Final = ("pulumi", "pulumi-azure-native", "pulumi-kubernetes", "pulumi-random")


@dataclass
class StepReport:
    """One step as it went."""

    name: str
    outcome: Outcome
    seconds: float = 0.0
    details: str = ""
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    """Facts that a rehearsal is compared by: resources by type, findings by check."""


@dataclass
class Report:
    """One run."""

    run: str
    rehearsed: bool
    location: str
    vm_size: str
    started: str
    commit: str = ""
    versions: dict[str, str] = field(default_factory=dict[str, str])
    steps: list[StepReport] = field(default_factory=list[StepReport])
    differences: list[str] = field(default_factory=list[str])
    cause: str = ""
    """Cause and next step of the failure, from the table of failures."""
    evidence: dict[str, str] = field(default_factory=dict[str, str])
    """Title → text."""

    @property
    def succeeded(self) -> bool:
        return bool(self.steps) and all(step.outcome != "failed" for step in self.steps)

    def add_versions(self, engine: str) -> None:
        """Versions that ran: engine, SDKs, Python."""
        self.versions |= {"engine": engine, "python": platform.python_version()}
        self.versions |= {package: importlib.metadata.version(package) for package in _PACKAGES}

    def document(self, redact: Redaction) -> str:
        """The JSON document, redacted."""
        return redact(json.dumps({**asdict(self), "succeeded": self.succeeded}, indent=2, ensure_ascii=False))

    def markdown(self, redact: Redaction) -> str:
        """The text for an issue, redacted."""
        result = "succeeded" if self.succeeded else "failed"
        kind = "Rehearsal of an acceptance" if self.rehearsed else "Acceptance"
        minutes = sum(step.seconds for step in self.steps) / 60
        lines = [
            f"# {kind}: {result}",
            "",
            f"{self.started}, {self.location}, {self.vm_size}, {minutes:.0f} minutes, "
            f"commit {self.commit or 'unknown'}",
            "",
            "| step | outcome | seconds | details |",
            "|---|---|---|---|",
            *(
                f"| {step.name} | {step.outcome} | {step.seconds:.0f} | {_cell(step.details)} |"
                for step in self.steps
            ),
            "",
            "| version of | |",
            "|---|---|",
            *(f"| {name} | {version} |" for name, version in self.versions.items()),
            "",
            *self._compared(),
        ]
        if self.cause:
            lines += ["## Cause", "", self.cause, ""]
        for title, text in self.evidence.items():
            lines += [f"## {title}", "", "```text", text.replace("```", "'''"), "```", ""]
        return redact("\n".join(lines))

    def _compared(self) -> Sequence[str]:
        if self.rehearsed:
            return []
        head = ["## What differed from the rehearsal", ""]
        if not self.differences:
            return [*head, "Nothing.", ""]
        return [*head, *(f"- {difference}" for difference in self.differences), ""]


def differences(rehearsed: Mapping[str, Any], real: Report, redact: Redaction) -> list[str]:
    """Differences of a real run from its rehearsal, whose `report.json` is given."""
    expected = {step["name"]: step for step in rehearsed.get("steps", [])}
    lines: list[str] = []
    for step in real.steps:
        other = expected.get(step.name)
        if other is None:
            continue
        if other["outcome"] != step.outcome:
            lines.append(f"{step.name}: {step.outcome}, rehearsed: {other['outcome']}")
        here, there = _flat(json.loads(redact(json.dumps(step.facts)))), _flat(other["facts"])
        for fact in sorted(here.keys() | there.keys()):
            if here.get(fact) != there.get(fact):
                pair = f"{_shown(here.get(fact))}, rehearsed: {_shown(there.get(fact))}"
                lines.append(f"{step.name}: {fact}: {pair}")
    return lines


def _flat(facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in facts.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}: ")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _shown(value: Any) -> str:
    return "none" if value is None else str(value)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
