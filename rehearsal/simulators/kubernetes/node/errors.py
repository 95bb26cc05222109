"""Reasons that a pod does not start, as events of the kubelet."""

from __future__ import annotations


class NotStartedError(Exception):
    """A pod that waits; the message is the event's."""

    def __init__(self, reason: str, message: str, container: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.container = container
        """Name of the container that the event is about; empty if it is about the pod."""


def with_warnings(message: str, warnings: list[str]) -> str:
    """The message with the driver's warnings about Secrets that it could not make."""
    return message + "".join(f"; FailedToCreateSecret: {warning}" for warning in warnings)
