"""Section ``monitoring.alerts``: who is told of what in the vault needs somebody."""

from collections.abc import Iterator
from typing import Annotated

from stacks.settings.existing import ExistingActionGroup
from stacks.settings.rules import Between, Found, Matches, Section, rule

_ACTION_GROUPS = "https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups"

EmailAddress = Annotated[
    str,
    Matches(
        "email-address",
        r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+",
        is_a="mail address",
        allowed="write the address alone, as in ops@example.com",
        example=None,
        source=f"{_ACTION_GROUPS}#email; https://datatracker.ietf.org/doc/html/rfc5322#section-3.4.1",
    ),
]
Requests = Annotated[
    int,
    Between(
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


@rule("somebody-is-told", AlertSettings, source=_ACTION_GROUPS)
def somebody_is_told(alerts: AlertSettings) -> Iterator[Found]:
    """An alert that nobody is told of stands in the portal, where nobody looks."""
    if not alerts.emails and alerts.action_group is None:
        yield Found(("emails",), "missing, and action_group too", "list whom to tell, or name an action group that is there")


@rule("emails-differ", AlertSettings, source=f"{_ACTION_GROUPS}: each receiver of a group has a name of its own")
def addresses_differ(alerts: AlertSettings) -> Iterator[Found]:
    """Two receivers of one address would be one, or two mails."""
    for index, address in enumerate(alerts.emails):
        if address.lower() in [other.lower() for other in alerts.emails[:index]]:
            yield Found(("emails", index), f"{address!r} is listed twice", "list it once", remove=True)
