"""The role assignments that the stack needs and does not make (`grants: external`).

They are the output ``grants``. Those that do not exist are a warning, with their commands.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.authorization.role_assignments import ExistingRoleAssignment
from components.cluster.base import Cluster
from components.identity.principal import VaultPrincipal
from stacks.context import StackContext, Vaults
from stacks.settings import Grants


def grant_outputs(
    context: StackContext, cluster: Cluster, vaults: Vaults, identities: Mapping[str, VaultPrincipal]
) -> dict[str, Any]:
    """The output ``grants``; no output if the program makes all of them.

    Logs which of them are missing: in a preview too, for a person who makes them before the update.
    """
    owners = [cluster, *vaults.values(), *(identity.role_assignments for identity in identities.values())]
    grants = [grant for owner in owners for grant in owner.grants if grant.resource is None]
    if not grants and context.settings.grants is not Grants.EXTERNAL:
        return {}
    existing = [grant.existing for grant in grants if grant.existing is not None]
    # In a preview the principal of a new identity is unknown, and so is the result of its lookup.
    pulumi.Output.all(*existing).apply(_report, run_with_unknowns=True)
    return {"grants": [grant.describe() for grant in grants]}


def _report(results: Sequence[Any]) -> None:
    lookups = [result for result in results if isinstance(result, ExistingRoleAssignment)]
    missing = [lookup.command for lookup in lookups if lookup.exists is False]
    unreadable = [lookup for lookup in lookups if lookup.unreadable]
    count = f"{len(missing)} of {len(results)}"
    if missing:
        when = "before `pulumi up`" if pulumi.runtime.is_dry_run() else "for the pods that wait for them"
        pulumi.log.warn(
            f"grants: {count} role assignments that the stack needs do not exist under the names that these"
            f" commands give them; run the commands {when}\n" + "\n".join(f"  {line}" for line in missing)
        )
    if unreadable:
        pulumi.log.warn(
            f"grants: {len(unreadable)} of {len(results)} role assignments cannot be read:"
            f" {unreadable[0].unreadable}; let pulumi read them (role Reader), or run their commands, which"
            " change nothing that exists\n" + "\n".join(f"  {lookup.command}" for lookup in unreadable)
        )
    if unknown := len(results) - len(lookups):
        pulumi.log.info(
            f"grants: {unknown} of {len(results)} role assignments are for identities that `pulumi up` makes"
            " first; then the output grants has their commands"
        )
