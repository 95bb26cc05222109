"""Roles that principals may activate by Privileged Identity Management: what they could read.

https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-assign-roles.
An eligible role gives no right until it is activated, so it is listed and is no fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.azure.refusals import AzureRefusedError
from operations.checks import Finding
from operations.verify.grants import Assignment, live_role, uses_roles
from operations.verify.observed import Document, Observed
from operations.verify.results import About, moment, written
from operations.verify.surplus import is_near, target_of, who
from trust.chain import Chain
from trust.nodes.fields import known, mapping
from trust.nodes.vaults import Vault

ELIGIBLE: Final = "eligible roles"
_NO_LICENSE: Final = 400
"""A directory without the license answers 400 AadPremiumLicenseRequired."""


def eligible_roles(observed: Observed, chain: Chain, vault: Vault, me: str) -> Iterator[Finding]:
    """Roles that would let their holder read or change the vault's objects."""
    about = About(known(vault.name), ELIGIBLE)
    vault_id = known(vault.resource_id)
    try:
        if not uses_roles(observed.vault(vault_id)):
            return
        documents = observed.eligible_roles(vault_id)
    except AzureRefusedError as error:
        if not (error.is_missing or error.status == _NO_LICENSE):
            right = f"Microsoft.Authorization/roleEligibilityScheduleInstances/read on {vault_id}"
            yield about.refused(error, right)
        return
    for document in documents:
        item = Assignment.of(document)
        role = live_role(observed, chain, item) if is_near(item, vault) else None
        if role and (role.reads or role.writes):
            yield _could(
                chain, about, item, document, vault, role.name, "read" if role.reads else "change", me
            )


def _could(
    chain: Chain,
    about: About,
    item: Assignment,
    document: Document,
    vault: Vault,
    role: str,
    verb: str,
    me: str,
) -> Finding:
    until = moment(mapping(document.get("properties")).get("endDateTime"))
    text = f"{who(chain, item, me)} could {verb} {target_of(item, vault)}: eligible for {role}"
    text += f" until {written(until)}" if until else ""
    step = f"portal: Privileged Identity Management, Azure resources, {item.scope}"
    return Finding(about.subject, about.check, "fine", text, step)
