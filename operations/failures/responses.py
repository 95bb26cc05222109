"""Symptoms of HTTP answers: Azure's, Entra's and Dapr's JSON bodies have their code in different places."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, cast

from operations.failures.failure import MOST, Part, Symptom

_DEPTH: Final = 8
"""Inner errors that are followed."""


def symptom_of_response(status: int, body: str, part: Part = "") -> Symptom:
    """The symptom of an answer. Its code is the innermost one: of ``Forbidden`` with the inner error
    ``ForbiddenByRbac`` the latter.
    """
    document: Any = None
    with suppress(ValueError, RecursionError):
        document = json.loads(body[:MOST])
    codes = list(_codes(document))
    return Symptom(text=body, code=codes[-1] if codes else "", status=status, part=part)


def _codes(document: Any) -> Iterator[str]:
    """The errors, the outermost first."""
    for _ in range(_DEPTH):
        if not isinstance(document, Mapping):
            return
        fields = cast(Mapping[str, Any], document)
        error = fields.get("error")
        for name in ("code", "errorCode"):
            if isinstance(fields.get(name), str):
                yield fields[name]
        numbers = fields.get("error_codes")
        if isinstance(error, str) and isinstance(numbers, list) and numbers:  # Entra
            yield f"AADSTS{numbers[0]}"
            return
        document = error if isinstance(error, Mapping) else fields.get("innererror")
