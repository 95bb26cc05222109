"""The number of role assignments of a stack."""

from collections.abc import Iterator

from stacks.settings.model.settings import Grants, Settings
from stacks.settings.model.workloads import read_scopes
from stacks.settings.validation.registry import Violation, rule

_ASSIGNMENTS = "https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits"

WARN_GRANTS, MAX_GRANTS = 1000, 3500
"""Role assignments of one stack, out of the 4,000 that a subscription has for everybody."""


def planned_grants(settings: Settings) -> int:
    """How many role assignments the workloads need."""
    return sum(len(read_scopes(workloads)) for workloads in settings.workloads_by_identity.values())


@rule("grant-number", Settings, source=_ASSIGNMENTS)
def grants_fit_into_a_subscription(settings: Settings) -> Iterator[Violation]:
    """A subscription has 4,000 role assignments, for everybody in it."""
    count = planned_grants(settings)
    if count > MAX_GRANTS and settings.grants is Grants.MANAGED:
        problem = f"{count} role assignments, one per workload and secret"
        yield Violation(
            ("workloads",),
            problem,
            f"at most {MAX_GRANTS} of a subscription's 4000: share identities, or use scope: vault",
        )
