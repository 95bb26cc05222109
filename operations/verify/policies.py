"""Access policies that are more than the program made, in a vault that authorizes by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from operations.azure.refusals import AzureRefusedError
from operations.checks import Finding
from operations.verify.grants import policies_of, uses_roles
from operations.verify.observed import Observed
from operations.verify.results import About
from operations.verify.surplus import beside
from trust.chain import Chain
from trust.nodes.fields import known, listed, mapping
from trust.nodes.vaults import Vault
from trust.readers import principal_label

POLICIES: Final = "access policies"
_KINDS: Final[Mapping[str, str]] = {"secrets": "secret", "keys": "key", "certificates": "certificate"}
"""Part of a policy → its option of `az keyvault set-policy`."""
_Rights = Mapping[str, Sequence[str]]


def foreign_policies(observed: Observed, chain: Chain, vault: Vault, me: str) -> Iterator[Finding]:
    """Policies that the stack does not have, and rights of its own ones that it has not given."""
    about = About(known(vault.name), POLICIES)
    vault_id = known(vault.resource_id)
    option = observed.session.option_for(vault_id)
    try:
        document = observed.vault(vault_id)
    except AzureRefusedError as error:
        if not error.is_missing:
            yield about.refused(error, f"Microsoft.KeyVault/vaults/read on {vault_id}")
        return
    if uses_roles(document):
        return
    own = _own(chain, vault)
    is_of_others = vault.is_reference or vault.node.external
    number = 0
    for policy in policies_of(document):
        principal = str(policy.get("objectId", ""))
        expected, live = own.get(principal.lower()), _rights(policy)
        surplus = _beyond(live, expected or {})
        if not surplus:
            continue
        number += 1
        label = principal_label(chain, principal) + (" (you)" if me.lower() == principal.lower() else "")
        if expected is None:
            command = f"az keyvault delete-policy --name {vault.name} --object-id {principal}{option}"
            text = f"{label} may {_shown(live)} in {vault.name}"
        else:
            rights = f"{_options(expected)}{option}"
            command = f"az keyvault set-policy --name {vault.name} --object-id {principal}{rights}"
            text = f"{label} may {_shown(surplus)} in {vault.name}, which the stack has not given"
        yield beside(about, text, command, is_of_others=is_of_others)
    if not number:
        yield about.fine("none besides those of the stack")


def _own(chain: Chain, vault: Vault) -> dict[str, _Rights]:
    """Principal → its rights by all policies of the stack in the vault."""
    rights: dict[str, dict[str, list[str]]] = {}
    for policy in chain.access_policies:
        if known(policy.vault) != known(vault.name):
            continue
        entry = rights.setdefault(known(policy.principal_id).lower(), {kind: [] for kind in _KINDS})
        for kind in _KINDS:
            entry[kind] += [known(right).lower() for right in getattr(policy, kind)]
    return dict(rights)


def _rights(policy: Mapping[str, Any]) -> _Rights:
    permissions = mapping(policy.get("permissions"))
    return {kind: [str(right).lower() for right in listed(permissions.get(kind))] for kind in _KINDS}


def _beyond(live: _Rights, expected: _Rights) -> _Rights:
    """Live permissions that are not expected; kinds without any are left out."""
    beyond = {
        kind: [right for right in rights if right not in expected.get(kind, ())]
        for kind, rights in live.items()
        if "all" not in expected.get(kind, ())
    }
    return {kind: rights for kind, rights in beyond.items() if rights}


def _shown(rights: _Rights) -> str:
    return "; ".join(
        f"{', '.join(listed_rights)} {kind}" for kind, listed_rights in rights.items() if listed_rights
    )


def _options(expected: _Rights) -> str:
    """`set-policy` replaces the list of each option; an empty one takes all rights of the kind."""
    return "".join(
        f" --{option}-permissions {' '.join(expected.get(kind, ()))}".rstrip()
        for kind, option in _KINDS.items()
    )
