"""Section ``workloads[].dapr``: the Dapr application and its sidecar."""

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
        remedy=(
            "use 1 to 58 lower-case letters, digits and hyphens, a letter or digit at each end, because Dapr"
            " appends -dapr"
        ),
        example="orders",
        source="https://github.com/dapr/dapr/blob/v1.18.3/pkg/validation/validation.go",
        hyphenated=True,
    ),
]


class DaprAppSettings(Section):
    """The Dapr application and its sidecar."""

    app_id: AppId | None = None
    """Dapr app id; the workload's name by default."""
    store: DnsSubdomain | None = None
    """Name of the secret store component that the application reads; `<workload>-key-vault` by default.
    Workloads of a namespace that name the same one share it.
    """
    log_level: LogLevel = LogLevel.INFO
    """Log level of the sidecar."""
    sidecar: ResourceSettings = ResourceSettings()
    """Resource requests and limits of the sidecar; none by default."""
