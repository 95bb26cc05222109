"""Refusals of the API server, as Status objects.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ and
k8s.io/apimachinery, pkg/api/errors/errors.go
"""

from __future__ import annotations

from typing import Any, Final

from rehearsal.data_planes.web import Answer

_REASONS: Final = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    415: "UnsupportedMediaType",
    422: "Invalid",
    503: "ServiceUnavailable",
}


class RefusedError(Exception):
    """A request that the API server refuses."""

    def __init__(self, code: int, message: str, **details: str) -> None:
        super().__init__(message)
        self.code, self.message, self.details = code, message, details

    @property
    def answer(self) -> Answer:
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": _REASONS[self.code],
            "details": self.details,
            "code": self.code,
        }
        return Answer(status=self.code, body=body)


def not_found(plural: str, group: str, name: str) -> RefusedError:
    kind = f"{plural}.{group}" if group else plural
    return RefusedError(404, f'{kind} "{name}" not found', name=name, group=group, kind=plural)


def not_served() -> RefusedError:
    """A resource that its group and version do not have."""
    return RefusedError(404, "the server could not find the requested resource")


def not_allowed(method: str) -> RefusedError:
    """A write that the rehearsal leaves to the provider. A real API server would take it."""
    return RefusedError(405, f"the server does not allow this method on the requested resource ({method})")
