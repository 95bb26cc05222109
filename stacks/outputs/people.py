"""The output ``people``: principals that have rights on a whole vault by this stack, and are no workloads."""

from typing import Any

from components.key_vault.access_policies import Authorization
from stacks.context import StackContext, Vaults


def people_outputs(context: StackContext, vaults: Vaults) -> dict[str, Any]:
    """The output ``people``; none if the stack gives no such rights.

    Rights that others have given, also at the resource group or the subscription, are not known here.
    """
    people = [
        {
            "principal": grant.spec.principal.label,
            "principalId": grant.spec.principal.object_id,
            "principalType": grant.spec.principal.type.value,
            "role": grant.spec.role.role_name
            if context.vaults[label].authorization is Authorization.RBAC
            else "access policy",
            "vault": vault.name,
        }
        for label, vault in vaults.items()
        for grant in vault.grants
    ]
    return {"people": people} if people else {}
