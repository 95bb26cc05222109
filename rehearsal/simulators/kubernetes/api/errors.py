"""Errors that the parts of the simulated cluster raise; the messages are the real components' own words."""

from __future__ import annotations


class ApiError(Exception):
    """A request that the API server refuses, with the status of its answer."""

    code = 422

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code or self.code


class ConflictError(ApiError):
    """An apply that sets a field of another field manager to another value."""

    code = 409


class NoMatchError(ApiError):
    """A request for a kind that the API server does not serve."""

    code = 404


class DeniedError(Exception):
    """A pod that a mutating webhook denies."""


class MountError(Exception):
    """A volume that its CSI driver cannot mount."""


class ContainerError(Exception):
    """A container that ends whenever the kubelet starts it; the message is the last line of its log."""

    def __init__(self, container: str, last_line: str) -> None:
        super().__init__(last_line)
        self.container = container
