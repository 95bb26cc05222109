"""The number of role assignments of a stack."""

from collections.abc import Iterator

from stacks.settings.model.grants import Grants
from stacks.settings.model.rights import read_scopes, right_scopes
from stacks.settings.model.settings import Settings
from stacks.settings.validation.registry import Violation, rule

_ASSIGNMENTS = "https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits"

WARN_GRANTS, MAX_GRANTS = 1000, 3500
"""Role assignments of one stack: the program warns above the first number and refuses above the second.

A subscription allows 4,000 in total.
"""


def planned_grants(settings: Settings) -> int:
    """Number of role assignments that the workloads need."""
    return sum(
        len(read_scopes(workloads)) + len(right_scopes(workloads))
        for workloads in settings.workloads_by_identity.values()
    )


@rule("grant-number", Settings, source=_ASSIGNMENTS)
def role_assignments_fit_into_a_subscription(settings: Settings) -> Iterator[Violation]:
    """A subscription allows 4,000 role assignments in total."""
    count = planned_grants(settings)
    if count > MAX_GRANTS and settings.grants is Grants.MANAGED:
        problem = f"{count} role assignments, one per workload and secret"
        yield Violation(
            ("workloads",),
            problem,
            f"the limit is {MAX_GRANTS}, of 4000 in a subscription: share identities, or set scope: vault",
        )
