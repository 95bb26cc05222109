"""The Azure provider of the Secrets Store CSI driver: the files of a SecretProviderClass that a pod mounts.

Azure/secrets-store-csi-driver-provider-azure v1.8, pkg/provider/provider.go; the order of checks and the
words are the provider's. It does not refuse a file permission that is no octal number: the file gets mode 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.azure.entra import (
    Caller,
    VaultError,
    assigned_identity,
    federated_identity,
    node_identity,
)
from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.kubernetes import token_proxy
from rehearsal.simulators.kubernetes.api.errors import MountError
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.csi import detection
from rehearsal.simulators.kubernetes.operators.csi.kinds import AZURE_IDENTITY, AZURE_IDENTITY_BINDING
from rehearsal.simulators.kubernetes.operators.csi.object_list import KeyVaultObject, parse_objects

_TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")
_FALSE: Final = ("0", "f", "F", "FALSE", "false", "False")
_CLOUDS: Final = (
    "AZURECHINACLOUD",
    "AZUREGERMANCLOUD",
    "AZURECLOUD",
    "AZUREPUBLICCLOUD",
    "AZUREUSGOVERNMENT",
    "AZUREUSGOVERNMENTCLOUD",
)
_TOKEN_PROXY: Final = "useAzureTokenProxy"
_STACK: Final = "AZURESTACKCLOUD"


@dataclass(frozen=True)
class MountedFile:
    """A file of the volume."""

    path: str
    uid: str
    """Id of the object in a SecretProviderClassPodStatus."""
    version: str
    content: str
    """Hash of the content."""
    type: str
    """secret, key or cert."""


def mounted(
    objects: ObjectStore, parameters: Mapping[str, str], pod: Manifest, secrets: Mapping[str, Any] | None
) -> list[MountedFile]:
    """Files of the volume. `secrets`: data of the nodePublishSecretRef. Raises MountError."""
    settings = {name: str(value).strip() for name, value in parameters.items()}
    here = detection.installed(objects)
    if not here.token_proxy:
        settings.pop(_TOKEN_PROXY, None)  # an older provider does not know the parameter
    modes = [
        name for name in ("usePodIdentity", "useVMManagedIdentity", _TOKEN_PROXY) if _flag(settings, name)
    ]
    if len(modes) > 1:
        raise MountError(
            "only one identity mode can be enabled at a time: usePodIdentity, useVMManagedIdentity, or "
            "useAzureTokenProxy"
        )
    mode, vault_name = (modes or [""])[0], settings.get("keyvaultName", "")
    tenant = settings.get("tenantID") or settings.get("tenantId", "")
    if not vault_name:
        raise MountError("keyvaultName is not provided")
    if not tenant:
        raise MountError("tenantId is not provided")
    cloud = settings.get("cloudName", "").upper()
    if cloud not in ("", *_CLOUDS) and not (cloud == _STACK and settings.get("cloudEnvFileName")):
        raise MountError(
            f"cloudName {settings['cloudName']} is not valid, error: autorest/azure: There is no cloud "
            f'environment matching the name "{cloud}"'
        )
    _require_credentials(mode, settings, secrets)
    if mode == _TOKEN_PROXY:
        _require_token(here.token_audiences)
    if not settings.get("objects"):
        raise MountError("objects is not set")
    vault_objects = parse_objects(settings["objects"])
    if not vault_objects:
        return []
    _require_vault_name(vault_name)
    return [
        file
        for requested in vault_objects
        for file in _files(
            objects, requested, vault_name, _VaultCredentials(objects, mode, settings, tenant, pod)
        )
    ]


def _flag(settings: Mapping[str, str], name: str) -> bool:
    value = settings.get(name, "")
    if value and value not in (*_TRUE, *_FALSE):
        raise MountError(
            f'failed to parse {name} flag, error: strconv.ParseBool: parsing "{value}": invalid syntax'
        )
    return value in _TRUE


def _require_credentials(mode: str, settings: Mapping[str, str], secrets: Mapping[str, Any] | None) -> None:
    """Raises MountError if the access mode lacks its settings.

    buildAuthConfig; getCredential in pkg/auth/auth.go.
    """
    if mode == _TOKEN_PROXY and not settings.get("clientID"):
        raise MountError(
            "failed to build auth config for mode AzureTokenProxy: clientID is required for identity binding"
        )
    if mode or settings.get("clientID"):
        return
    failed = "failed to build auth config for mode None: "
    if secrets is None:
        raise MountError(f"{failed}failed to get credentials, nodePublishSecretRef secret is not set")
    names = {name.lower() for name in secrets}
    for name in ("clientid", "clientsecret"):
        if name not in names:
            raise MountError(f"{failed}could not find {name} in secrets")


def _require_token(audiences: frozenset[str]) -> None:
    """Raises MountError if the driver passes on no token for the token proxy (buildAuthConfig)."""
    failed = "failed to build auth config for mode AzureTokenProxy: "
    if not audiences:
        raise MountError(f"{failed}service account tokens are required for identity binding")
    if token_proxy.AUDIENCE not in audiences:
        why = f"token for audience {token_proxy.AUDIENCE} not found"
        raise MountError(f"{failed}failed to parse service account token for identity binding, error: {why}")


def _require_vault_name(name: str) -> None:
    """Raises MountError if the name is no vault name (getVaultURL)."""
    if not 3 <= len(name) <= 24:
        raise MountError(f'failed to get vault: Invalid vault name: "{name}", must be between 3 and 24 chars')
    if not re.fullmatch("[-A-Za-z0-9]+", name):
        raise MountError(
            f'failed to get vault: Invalid vault name: "{name}", must match [-a-zA-Z0-9]{{3,24}}'
        )


class _VaultCredentials:
    """The token, which the provider requests when it reads the first object."""

    def __init__(
        self, objects: ObjectStore, mode: str, settings: Mapping[str, str], tenant: str, pod: Manifest
    ) -> None:
        self._objects, self._mode, self._settings, self._tenant, self._pod = (
            objects,
            mode,
            settings,
            tenant,
            pod,
        )

    def caller(self) -> Caller | None:
        """The principal that reads. None: the world does not know it, because a service principal's id is a
        hash here. Raises VaultError.
        """
        world, client_id = self._objects.world, self._settings.get("clientID", "")
        cluster = world.get(self._objects.id)
        assert cluster is not None, "the pod runs in it"
        if self._mode == "useVMManagedIdentity":
            return node_identity(world, cluster, self._settings.get("userAssignedIdentityID", ""))
        if self._mode == "usePodIdentity":
            return assigned_identity(world, self._bound_client_id())
        if not client_id:
            return None
        metadata, spec = mapping(self._pod.get("metadata")), mapping(self._pod.get("spec"))
        account = spec.get("serviceAccountName") or "default"
        if self._mode == _TOKEN_PROXY:
            return token_proxy.exchanged(
                self._objects, client_id, str(metadata.get("namespace")), str(account)
            )
        issuer = str(
            (cluster.properties.get("oidcIssuerProfile") or {}).get("issuerURL")
            or "https://kubernetes.default.svc.cluster.local"
        )
        return federated_identity(
            world,
            client_id,
            self._tenant,
            issuer,
            f"system:serviceaccount:{metadata.get('namespace')}:{account}",
        )

    def _bound_client_id(self) -> str:
        """Client id that AAD Pod Identity binds to the pod; the provider's issue 1016 has the error.

        https://azure.github.io/aad-pod-identity/docs/concepts/azureidentitybinding/
        """
        metadata = mapping(self._pod.get("metadata"))
        namespace, label = (
            metadata.get("namespace", ""),
            mapping(metadata.get("labels")).get("aadpodidbinding"),
        )
        for binding in self._objects.all_of(AZURE_IDENTITY_BINDING, namespace):
            spec = mapping(binding.get("spec"))
            identity = self._objects.get(AZURE_IDENTITY, namespace, str(spec.get("azureIdentity")))
            if label and spec.get("selector") == label and identity:
                return str(mapping(identity.get("spec")).get("clientID"))
        raise VaultError("nmi response failed with status code: 404")


def _files(
    objects: ObjectStore, requested: KeyVaultObject, vault_name: str, access: _VaultCredentials
) -> list[MountedFile]:
    world = objects.world
    if requested.type not in data_plane.COLLECTIONS:
        raise requested.failed("Invalid vaultObjectTypes. Should be secret, key, or cert")
    try:
        caller = access.caller()
        vault = data_plane.find_vault(world, vault_name)
        if requested.history <= 1:
            version = data_plane.read(
                world, vault, caller, requested.type, requested.name, _exact(requested.version)
            )
            return [
                MountedFile(
                    requested.file,
                    f"{requested.type}/{requested.name}",
                    version.version,
                    version.content,
                    requested.type,
                )
            ]
        known = data_plane.list_versions(world, vault, caller, requested.type, requested.name)
        start = known.index(requested.version) if requested.version in known else 0
        # One more than requested: getLatestNKeyVaultObjects leaves its loop late.
        listed = known[start : start + requested.history + 1]
        reads = [
            data_plane.read(world, vault, caller, requested.type, requested.name, version)
            for version in listed
        ]
    except VaultError as error:
        raise requested.failed(error) from error
    return [
        MountedFile(
            f"{requested.file}/{index}",
            f"{requested.type}/{requested.name}/{index}",
            version.version,
            version.content,
            requested.type,
        )
        for index, version in enumerate(reads)
    ]


def _exact(version: str) -> str:
    """The version to read; empty for the newest."""
    return "" if version == "latest" else version
