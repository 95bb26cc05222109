"""A workload as Dapr knows it: plain data.

https://docs.dapr.io/reference/arguments-annotations-overview/
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class LogLevel(StrEnum):
    """What the sidecar writes to its log."""

    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class DaprApp:
    """The application, its secret store and its sidecar."""

    app_id: str
    store: str
    """Name of the Component, which the application says when it asks."""
    log_level: LogLevel = LogLevel.INFO
    resources: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """Of the sidecar: ``requests`` and ``limits``, each with cpu and memory, as Kubernetes writes them."""
