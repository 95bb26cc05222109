"""Section ``monitoring.alerts``: who is notified about the vaults."""

from typing import Annotated, ClassVar

from stacks.settings.model.existing import ExistingActionGroup
from stacks.settings.model.section import Section
from stacks.settings.types import nearly
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
        mended=nearly.email,
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
    """Receivers and thresholds of the alerts on Key Vaults."""

    needs_a_key: ClassVar[bool] = True

    emails: tuple[EmailAddress, ...] = ()
    """Email addresses that Azure notifies. An address that is new in the tenant must enter a code that Azure
    mails, within 30 minutes.
    """
    action_group: ExistingActionGroup | None = None
    """An existing action group, of the stack's subscription, that Azure notifies: beside the addresses, or
    alone.
    """
    denied_requests: Requests = 5
    """Requests that the vault denies (403) within 15 minutes before an alert fires, 1 to 100,000."""
    throttled_requests: Requests = 10
    """Requests that the vault throttles (429) within 15 minutes before an alert fires, 1 to 100,000."""
