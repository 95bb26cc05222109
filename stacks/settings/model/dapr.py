"""Section ``workloads[].dapr``: the application as Dapr knows it, and its sidecar."""

from typing import Annotated

from components.workloads import LogLevel
from stacks.settings.model.pods import ResourceSettings
from stacks.settings.model.section import Section
from stacks.settings.types.kubernetes import DnsSubdomain
from stacks.settings.validation.constraints import Pattern

AppId = Annotated[
    str,
    Pattern(
        "dapr-app-id",
        r"[a-z0-9]([-a-z0-9]{0,56}[a-z0-9])?",
        is_a="app id",
        remedy="use 1 to 58 lower-case letters, digits and hyphens, a letter or digit at each end: Dapr puts -dapr behind it",
        example="orders",
        source="https://github.com/dapr/dapr/blob/v1.18.3/pkg/validation/validation.go",
        hyphenated=True,
    ),
]


class DaprAppSettings(Section):
    """The application as Dapr knows it, and its sidecar."""

    app_id: AppId | None = None
    """What Dapr calls the application; the workload's name if not given."""
    store: DnsSubdomain | None = None
    """What the application calls its secret store; the workload's name with -key-vault behind it if not given."""
    log_level: LogLevel = LogLevel.INFO
    """What the sidecar writes to its log."""
    sidecar: ResourceSettings = ResourceSettings()
    """What the sidecar gets of its node; nothing is set aside if not given."""
