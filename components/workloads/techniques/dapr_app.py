"""A workload as a Dapr application: plain data.

https://docs.dapr.io/reference/arguments-annotations-overview/
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class LogLevel(StrEnum):
    """Lowest level of the sidecar's log messages."""

    DEBUG = "debug"
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class DaprApp:
    """The application, its secret store and its sidecar."""

    app_id: str
    store: str
    """Name of the Component, which the application uses in its requests."""
    log_level: LogLevel = LogLevel.INFO
    resources: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """``requests`` and ``limits`` of the sidecar, each with cpu and memory as Kubernetes quantities."""
    stores_in_state: Mapping[str, str] = field(default_factory=dict[str, str])
    """URNs of the Components of the namespace that the state holds, by name."""
