"""Findings of a check: what is fine, what is wrong and what mends it, and what may not be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from operations.azure.refusals import KEY_VAULT, AzureRefusedError
from operations.checks import Finding, State
from operations.errors import OperationError
from operations.failures import Symptom, explain
from operations.kubernetes_access import KubernetesError

_FORBIDDEN: Final = (401, 403)


@dataclass(frozen=True)
class About:
    """The subject of a check."""

    subject: str
    check: str
    names: Mapping[str, str] = field(default_factory=dict)
    """Names for the sentences of the table of failures: stack, workload, namespace, vault …"""

    def fine(self, text: str) -> Finding:
        return Finding(self.subject, self.check, "fine", text)

    def wrong(
        self, text: str, next_step: str = "", *, symptom: Symptom | None = None, state: State = "wrong"
    ) -> Finding:
        """Something is not as the state has it. ``symptom`` brings its cause, and the next step without one.

        ``state``: ``waiting`` for what comes by itself.
        """
        if explanation := explain(symptom, self.names) if symptom else None:
            cause = explanation.cause.rstrip(".")
            return Finding(
                self.subject, self.check, state, f"{text}; {cause}", next_step or explanation.next_step
            )
        return Finding(self.subject, self.check, state, text, next_step)

    def unknown(self, text: str, next_step: str = "") -> Finding:
        return Finding(self.subject, self.check, "unknown", text, next_step)

    def refused(self, error: OperationError, right: str) -> Finding:
        """A look that was refused, or that did not reach the service. ``right``: what it needs."""
        if status_of(error) in _FORBIDDEN:
            return self.unknown(str(error), f"needs {right}")
        explanation = explain(symptom_of(error), self.names)
        if explanation is None and isinstance(error, KubernetesError) and not error.status and error.reason:
            return self.unknown(str(error), "run the command where the API server can be reached")
        return self.unknown(str(error), explanation.next_step if explanation else "")


def status_of(error: OperationError) -> int:
    """The HTTP status of a refusal. 0: there was no answer."""
    return error.status if isinstance(error, AzureRefusedError | KubernetesError) else 0


def right_of(error: AzureRefusedError) -> str:
    """The right that a request to Azure needs."""
    if error.part == KEY_VAULT:
        return "the right to list versions in the vault (Key Vault Reader)"
    if "listClusterUserCredential" in error.request:
        return "listClusterUserCredential/action (Azure Kubernetes Service Cluster User Role)"
    return "a role that reads the resource (Reader)"


def symptom_of(error: OperationError) -> Symptom:
    """The symptom by which the table of failures explains an error."""
    if isinstance(error, AzureRefusedError):
        return error.symptom
    if isinstance(error, KubernetesError):
        return Symptom(text=str(error), reason=error.reason, status=error.status, part="kubernetes")
    return Symptom(text=str(error))


def moment(value: object) -> datetime | None:
    """A time as Azure and Kubernetes write it. None: there is none."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        time = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def written(time: datetime | None) -> str:
    """``2026-11-30 09:58 UTC``."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if time else "an unknown time"


def age(time: datetime) -> timedelta:
    return datetime.now(UTC) - time
