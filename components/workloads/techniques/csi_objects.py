"""The parameters of the Azure provider in a SecretProviderClass: the vault, which objects are read, and as
which files.

https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/
"""

import json
from collections.abc import Sequence
from typing import Any

from components.authorization.roles import ObjectType
from components.identity.principal import VaultPrincipal
from components.key_vault.vault import KeyVault
from components.workloads.vault_objects import VaultObject

_PROVIDER_TYPES = {
    ObjectType.SECRET: "secret",
    ObjectType.KEY: "key",
    ObjectType.CERT: "cert",
    # The provider serves a certificate with its key as the secret of the same name.
    ObjectType.CERT_KEY_PAIR: "secret",
}


def objects_of(objects: Sequence[VaultObject]) -> str:
    """The parameter ``objects``: a YAML list of strings, each of which is YAML again. The provider cannot
    parse a list of mappings.
    """
    lines = ["array:"]
    files = {vault_object.file or vault_object.name: vault_object for vault_object in reversed(objects)}
    # Several entries may deliver one file: as a variable each, say.
    for vault_object in (entry for entry in objects if files[entry.file or entry.name] is entry):
        lines.append("  - |")
        lines += [f"    {key}: {json.dumps(value)}" for key, value in _object(vault_object).items()]
    return "\n".join(lines) + "\n"


def vault_parameters(
    identity: VaultPrincipal, vault: KeyVault, objects: Sequence[VaultObject]
) -> dict[str, Any]:
    """The parameters of the Azure provider, besides those of the access mode."""
    return {
        # The spelling that all versions of the add-on accept; newer ones also accept tenantID.
        "tenantId": identity.tenant_id,
        "keyvaultName": vault.name,
        "cloudName": "AzurePublicCloud",
        "objects": objects_of(objects),
    }


def mounted_objects(parameter: str) -> set[tuple[str, str]]:
    """Name in lower case, and the provider's type, of each object in a parameter ``objects``."""
    # As `objects_of` writes it: a name, and below it the type.
    values = {"objectName": list[str](), "objectType": list[str]()}
    for line in parameter.splitlines():
        key, _, value = line.strip().partition(": ")
        if key in values:
            values[key].append(value.strip('"'))
    names = (name.lower() for name in values["objectName"])
    return set(zip(names, values["objectType"], strict=False))


def provider_type(type_: ObjectType) -> str:
    """The provider's word for a type of vault object."""
    return _PROVIDER_TYPES[type_]


def _object(vault_object: VaultObject) -> dict[str, Any]:
    fields = {
        "objectName": vault_object.name,
        "objectType": _PROVIDER_TYPES[vault_object.type],
        "objectAlias": vault_object.file,
        "objectVersion": vault_object.version,
        "objectVersionHistory": vault_object.version_history,
        "objectFormat": vault_object.format,
        "objectEncoding": vault_object.encoding,
        "filePermission": vault_object.permission,
    }
    return {key: value for key, value in fields.items() if value is not None}


def mounted_file(vault_object: VaultObject) -> str:
    """The mounted file from which a Secret is synced; with several versions, the newest."""
    file = vault_object.file or vault_object.name
    return f"{file}/0" if (vault_object.version_history or 0) > 1 else file
