"""Section ``monitoring.alerts``: who is told of what in the vault needs somebody."""

from typing import Annotated

from stacks.settings.model.existing import ExistingActionGroup
from stacks.settings.model.section import Section
from stacks.settings.validation.constraints import IntRange, Pattern

ACTION_GROUPS = "https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups"

EmailAddress = Annotated[
    str,
    Pattern(
        "email-address",
        r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+",
        is_a="mail address",
        remedy="write the address alone, as in ops@example.com",
        example=None,
        source=f"{ACTION_GROUPS}#email; https://datatracker.ietf.org/doc/html/rfc5322#section-3.4.1",
    ),
]
Requests = Annotated[
    int,
    IntRange(
        "alert-threshold",
        1,
        100_000,
        unit="requests",
        source="our own choice: with 0 there would always be an alert; the upper end catches a slip",
    ),
]


class AlertSettings(Section):
    """Who is told of what in the vault needs somebody."""

    emails: tuple[EmailAddress, ...] = ()
    """Addresses that get a mail. Each of them that is new in the tenant has 30 minutes to enter the code that Azure sends it."""
    action_group: ExistingActionGroup | None = None
    """An action group that is there already, which calls, writes or opens tickets as its owner says; beside the addresses, or alone."""
    denied_requests: Requests = 5
    """Calls that the vault refuses (403) within 15 minutes, from which on somebody is told."""
    throttled_requests: Requests = 10
    """Calls that the vault throttles (429) within 15 minutes, from which on somebody is told."""
