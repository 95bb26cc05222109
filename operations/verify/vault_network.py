"""Whether a vault is as the stack has it: there, and open to the networks that the stack lets in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.azure.refusals import AzureRefusedError
from operations.checks import Finding
from operations.verify.observed import Observed
from operations.verify.results import About, symptom_of
from operations.verify.sign_in import mend
from trust.nodes.fields import known, listed, mapping
from trust.nodes.vaults import Vault

CHECK: Final = "vault"


def vault_as_made(observed: Observed, vault: Vault, stack: str) -> Iterator[Finding]:
    """The vault exists, authorizes as the stack has it, and lets in whom the stack lets in."""
    about = About(known(vault.name), CHECK, {"vault": known(vault.name), "stack": stack})
    vault_id = known(vault.resource_id)
    try:
        document = observed.vault(vault_id)
    except AzureRefusedError as error:
        if error.is_missing:
            text = f"vault {vault.name} does not exist"
            yield about.wrong(
                text, f"python -m operations restore --stack {stack}", symptom=symptom_of(error)
            )
        else:
            yield about.refused(error, f"Microsoft.KeyVault/vaults/read on {vault_id}")
        return
    if vault.is_reference or vault.node.external:
        yield about.fine("it is there")
        return
    live, made = mapping(document.get("properties")), mapping(vault.node.get("properties"))
    differences = [
        f"{name} is {now!s}, and the stack has {then!s}"
        for name, then, now in _compared(made, live)
        if then != now
    ]
    if differences:
        yield about.wrong("; ".join(differences), mend(stack))
    else:
        yield about.fine("network and authorization are as the stack has them")


def _compared(made: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Name, the stack's value and Azure's, in one form."""
    for name, default in (("enableRbacAuthorization", False), ("publicNetworkAccess", "Enabled")):
        then, now = made.get(name), live.get(name)
        yield name, _text(then, default), _text(now, default)
    then, now = mapping(made.get("networkAcls")), mapping(live.get("networkAcls"))
    yield (
        "networkAcls.defaultAction",
        _text(then.get("defaultAction"), "Allow"),
        _text(now.get("defaultAction"), "Allow"),
    )
    for rules, key in (("ipRules", "value"), ("virtualNetworkRules", "id")):
        yield f"networkAcls.{rules}", _listed(then.get(rules), key), _listed(now.get(rules), key)


def _text(value: Any, default: Any) -> str:
    return str(default if value is None else value).lower()


def _listed(value: Any, key: str) -> str:
    # Azure adds /32 to an address: https://learn.microsoft.com/azure/key-vault/general/network-security
    entries = {str(mapping(entry).get(key)).lower().removesuffix("/32") for entry in listed(value)}
    return ", ".join(sorted(entries)) or "empty"
