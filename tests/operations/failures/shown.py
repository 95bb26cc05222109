"""Real answers of the parts when something fails, and the failure that each has to be recognized as."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.failures import Symptom, symptom_of_response
from operations.failures.failure import Part


@dataclass(frozen=True)
class Shown:
    """A symptom and the id of its failure."""

    id: str
    symptom: Symptom
    names: Mapping[str, str] = field(default_factory=dict)
    """Names that the explanation has to contain."""


def answer(id: str, status: int, body: Mapping[str, Any] | str, part: Part = "", **names: str) -> Shown:
    """An HTTP answer."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Shown(id, symptom_of_response(status, text, part), names)


def azure_error(
    id: str, status: int, code: str, message: str, inner: str = "", part: Part = "", **names: str
) -> Shown:
    """An answer of Key Vault or ARM: both have the error's code, its message and perhaps an inner error."""
    error = {"code": code, "message": message} | ({"innererror": {"code": inner}} if inner else {})
    return answer(id, status, {"error": error}, part, **names)


def entra_error(id: str, code: int, message: str, status: int = 401, **names: str) -> Shown:
    """An answer of Entra's token endpoint."""
    described = (
        f"AADSTS{code}: {message} Trace ID: 0f64f0f3-0000-4000-8000-6e2b9c3f5a00 Correlation ID: "
        "1c1d6c1e-0000-4000-8000-2f8f1f9d1b11 Timestamp: 2026-03-02 10:11:12Z"
    )
    body = {"error": "invalid_client", "error_description": described, "error_codes": [code]}
    return answer(id, status, body, "entra", **names)


def event(id: str, reason: str, message: str, **names: str) -> Shown:
    """A Kubernetes event, a condition, or the waiting state of a container."""
    return Shown(id, Symptom(reason=reason, text=message, part="kubernetes"), names)


def printed(id: str, text: str, part: Part = "pulumi", **names: str) -> Shown:
    """The output of a command."""
    return Shown(id, Symptom(text=text, part=part), names)
