"""The Azure provider of the Secrets Store CSI driver: what it makes of a SecretProviderClass when a pod mounts it.

Azure/secrets-store-csi-driver-provider-azure v1.8, pkg/provider/{provider,validate}.go and pkg/provider/types; the order of checks and
the words are the provider's. A file permission that is no octal number is not refused there: the file gets mode 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.azure.keyvault.data_plane import Caller, VaultError
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore

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
_STACK: Final = "AZURESTACKCLOUD"
_TEXTS: Final = (
    "objectName",
    "objectAlias",
    "objectVersion",
    "objectType",
    "objectFormat",
    "objectEncoding",
    "filePermission",
)
_IDENTITY: Final = GroupVersionKind("aadpodidentity.k8s.io", "v1", "AzureIdentity")
_BINDING: Final = GroupVersionKind("aadpodidentity.k8s.io", "v1", "AzureIdentityBinding")


class MountError(Exception):
    """Why the files do not come."""


@dataclass(frozen=True)
class MountedFile:
    """A file of the volume."""

    path: str
    uid: str
    """The id in a SecretProviderClassPodStatus."""
    version: str
    content: str
    """Sealed."""
    type: str
    """secret, key or cert."""


@dataclass(frozen=True)
class KeyVaultObject:
    """One entry of `objects`."""

    name: str
    alias: str
    version: str
    type: str
    format: str
    encoding: str
    history: int

    @property
    def file(self) -> str:
        return self.alias or self.name

    def failed(self, why: object, version: str | None = None) -> MountError:
        shown = self.version if version is None else version
        return MountError(
            f"failed to get objectType:{self.type}, objectName:{self.name}, objectVersion:{shown}: {why}"
        )


def mounted(
    objects: ObjectStore, parameters: Mapping[str, str], pod: Manifest, secrets: Mapping[str, Any] | None
) -> list[MountedFile]:
    """The files of the volume; `secrets` are the data of the nodePublishSecretRef."""
    given = {name: str(value).strip() for name, value in parameters.items()}
    modes = [
        name
        for name in ("usePodIdentity", "useVMManagedIdentity", "useAzureTokenProxy")
        if _flag(given, name)
    ]
    if len(modes) > 1:
        raise MountError(
            "only one identity mode can be enabled at a time: usePodIdentity, useVMManagedIdentity, or useAzureTokenProxy"
        )
    mode, vault_name = (modes or [""])[0], given.get("keyvaultName", "")
    tenant = given.get("tenantID") or given.get("tenantId", "")
    if not vault_name:
        raise MountError("keyvaultName is not provided")
    if not tenant:
        raise MountError("tenantId is not provided")
    cloud = given.get("cloudName", "").upper()
    if cloud not in ("", *_CLOUDS) and not (cloud == _STACK and given.get("cloudEnvFileName")):
        raise MountError(
            f'cloudName {given["cloudName"]} is not valid, error: autorest/azure: There is no cloud environment matching the name "{cloud}"'
        )
    _must_have_credentials(mode, given, secrets)
    if not given.get("objects"):
        raise MountError("objects is not set")
    vault_objects = parse_objects(given["objects"])
    if not vault_objects:
        return []
    _must_name_a_vault(vault_name)
    return [
        file
        for wanted in vault_objects
        for file in _files(objects, wanted, vault_name, _VaultCredentials(objects, mode, given, tenant, pod))
    ]


def _flag(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "")
    if value and value not in (*_TRUE, *_FALSE):
        raise MountError(
            f'failed to parse {name} flag, error: strconv.ParseBool: parsing "{value}": invalid syntax'
        )
    return value in _TRUE


def _must_have_credentials(mode: str, given: Mapping[str, str], secrets: Mapping[str, Any] | None) -> None:
    """buildAuthConfig, and getCredential in pkg/auth/auth.go."""
    if mode == "useAzureTokenProxy" and not given.get("clientID"):
        raise MountError(
            "failed to build auth config for mode AzureTokenProxy: clientID is required for identity binding"
        )
    if mode or given.get("clientID"):
        return
    failed = "failed to build auth config for mode None: "
    if secrets is None:
        raise MountError(f"{failed}failed to get credentials, nodePublishSecretRef secret is not set")
    names = {name.lower() for name in secrets}
    for name in ("clientid", "clientsecret"):
        if name not in names:
            raise MountError(f"{failed}could not find {name} in secrets")


def _must_name_a_vault(name: str) -> None:
    """getVaultURL."""
    if not 3 <= len(name) <= 24:
        raise MountError(f'failed to get vault: Invalid vault name: "{name}", must be between 3 and 24 chars')
    if not re.fullmatch("[-A-Za-z0-9]+", name):
        raise MountError(
            f'failed to get vault: Invalid vault name: "{name}", must match [-a-zA-Z0-9]{{3,24}}'
        )


# The objects: YAML of a list of texts, each of them YAML again


def parse_objects(text: str) -> list[KeyVaultObject]:
    failed = "failed to yaml unmarshal objects, error: "
    root = _composed(text, failed)
    fields = _fields(root, "types.StringArray", failed)
    array = fields.get("array")
    if array is None or _is_null(array):
        return []
    if not isinstance(array, yaml.SequenceNode):
        raise MountError(f"{failed}{_cannot(array, '[]string')}")
    if wrong := [entry for entry in array.value if not isinstance(entry, yaml.ScalarNode)]:
        raise MountError(f"{failed}{_cannot(wrong[0], 'string')}")
    return [
        _parsed(str(entry.value), f"unmarshal failed for keyVaultObjects at index {i}, error: ")
        for i, entry in enumerate(array.value)
    ]


def _parsed(text: str, failed: str) -> KeyVaultObject:
    fields = _fields(_composed(text, failed), "types.KeyVaultObject", failed)
    texts: dict[str, str] = {}
    for name in _TEXTS:
        node = fields.get(name)
        if node is not None and not isinstance(node, yaml.ScalarNode):
            raise MountError(f"{failed}{_cannot(node, 'string')}")
        texts[name] = "" if node is None or _is_null(node) else str(node.value).strip()
    history = fields.get("objectVersionHistory")
    number = 0
    if history is not None and not _is_null(history):
        if not isinstance(history, yaml.ScalarNode) or not history.tag.endswith(":int"):
            raise MountError(f"{failed}{_cannot(history, 'int32')}")
        number = int(history.value)
    return _validated(
        KeyVaultObject(
            name=texts["objectName"],
            alias=texts["objectAlias"],
            version=texts["objectVersion"],
            type=texts["objectType"],
            format=texts["objectFormat"],
            encoding=texts["objectEncoding"],
            history=number,
        )
    )


def _validated(wanted: KeyVaultObject) -> KeyVaultObject:
    """validate.go."""
    if wanted.format:
        if wanted.format.lower() not in ("pem", "pfx"):
            raise wanted.failed(f"invalid objectFormat: {wanted.format}, should be PEM or PFX")
        if wanted.format == "pfx" and wanted.type != "secret":
            raise wanted.failed("PFX format only supported for objectType: secret")
    if wanted.encoding:
        if wanted.type != "secret":
            raise wanted.failed("objectEncoding only supported for objectType: secret")
        if wanted.encoding.lower() not in ("hex", "base64", "utf-8"):
            raise wanted.failed(f"invalid objectEncoding: {wanted.encoding}, should be hex, base64 or utf-8")
    if not wanted.file:
        raise wanted.failed("file name must not be empty")
    if wanted.file.startswith("/"):
        raise wanted.failed("file name must be a relative path")
    if ".." in wanted.file:
        raise wanted.failed("file name must not contain '..'")
    return wanted


def _composed(text: str, failed: str) -> Any:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        # The parser of the provider and this one are of one family; its words differ now and then.
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise MountError(f"{failed}yaml: {line}{error.problem}") from error


def _fields(node: Any, go_type: str, failed: str) -> dict[str, Any]:
    if node is None or _is_null(node):
        return {}
    if not isinstance(node, yaml.MappingNode):
        raise MountError(f"{failed}{_cannot(node, go_type)}")
    return {str(key.value): value for key, value in node.value}


def _is_null(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _cannot(node: Any, go_type: str) -> str:
    """TypeError in yaml.v3."""
    value = (
        f" `{node.value if len(node.value) <= 10 else node.value[:7] + '...'}`"
        if isinstance(node, yaml.ScalarNode)
        else ""
    )
    tag = "!!" + node.tag.rsplit(":", 1)[1]
    return f"yaml: unmarshal errors:\n  line {node.start_mark.line + 1}: cannot unmarshal {tag}{value} into {go_type}"


# Reading them


class _VaultCredentials:
    """The token, which the provider asks for when it reads the first object."""

    def __init__(
        self, objects: ObjectStore, mode: str, given: Mapping[str, str], tenant: str, pod: Manifest
    ) -> None:
        self._objects, self._mode, self._given, self._tenant, self._pod = objects, mode, given, tenant, pod

    def caller(self) -> Caller | None:
        """None where the world cannot know who it is: a service principal's id is a hash here, an identity binding is not simulated."""
        world, client_id = self._objects.world, self._given.get("clientID", "")
        cluster = world.get(self._objects.id)
        assert cluster is not None, "the pod runs in it"
        if self._mode == "useVMManagedIdentity":
            return data_plane.node_identity(world, cluster, self._given.get("userAssignedIdentityID", ""))
        if self._mode == "usePodIdentity":
            return data_plane.assigned_identity(world, self._bound())
        if self._mode or not client_id:
            return None
        metadata, spec = mapping(self._pod.get("metadata")), mapping(self._pod.get("spec"))
        account = spec.get("serviceAccountName") or "default"
        issuer = str(
            (cluster.properties.get("oidcIssuerProfile") or {}).get("issuerURL")
            or "https://kubernetes.default.svc.cluster.local"
        )
        return data_plane.federated_identity(
            world,
            client_id,
            self._tenant,
            issuer,
            f"system:serviceaccount:{metadata.get('namespace')}:{account}",
        )

    def _bound(self) -> str:
        """https://azure.github.io/aad-pod-identity/docs/concepts/azureidentitybinding/; the text is in the provider's issue 1016."""
        metadata = mapping(self._pod.get("metadata"))
        namespace, label = (
            metadata.get("namespace", ""),
            mapping(metadata.get("labels")).get("aadpodidbinding"),
        )
        for binding in self._objects.all_of(_BINDING, namespace):
            spec = mapping(binding.get("spec"))
            identity = self._objects.get(_IDENTITY, namespace, str(spec.get("azureIdentity")))
            if label and spec.get("selector") == label and identity:
                return str(mapping(identity.get("spec")).get("clientID"))
        raise VaultError("nmi response failed with status code: 404")


def _files(
    objects: ObjectStore, wanted: KeyVaultObject, vault_name: str, access: _VaultCredentials
) -> list[MountedFile]:
    world = objects.world
    if wanted.type not in data_plane.COLLECTIONS:
        raise wanted.failed("Invalid vaultObjectTypes. Should be secret, key, or cert")
    try:
        caller = access.caller()
        vault = data_plane.find_vault(world, vault_name)
        if wanted.history <= 1:
            found = data_plane.read(world, vault, caller, wanted.type, wanted.name, _exact(wanted.version))
            return [
                MountedFile(
                    wanted.file, f"{wanted.type}/{wanted.name}", found.version, found.content, wanted.type
                )
            ]
        known = data_plane.list_versions(world, vault, caller, wanted.type, wanted.name)
        start = known.index(wanted.version) if wanted.version in known else 0
        # One more than is asked for: getLatestNKeyVaultObjects leaves its loop late.
        listed = known[start : start + wanted.history + 1]
        reads = [
            data_plane.read(world, vault, caller, wanted.type, wanted.name, version) for version in listed
        ]
    except VaultError as error:
        raise wanted.failed(error) from error
    return [
        MountedFile(
            f"{wanted.file}/{index}",
            f"{wanted.type}/{wanted.name}/{index}",
            found.version,
            found.content,
            wanted.type,
        )
        for index, found in enumerate(reads)
    ]


def _exact(version: str) -> str:
    return "" if version == "latest" else version
