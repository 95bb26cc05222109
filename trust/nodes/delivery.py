"""The objects that deliver values of a vault: those of the CSI driver, of the External Secrets Operator and
of Dapr.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import yaml

from trust.nodes.fields import flag, listed, lower, mapping, text, texts, vault_of_url
from trust.nodes.kubernetes import KubernetesObject
from trust.values import UNKNOWN, Flag, Text

KINDS: Final[Mapping[str, str]] = {
    # https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/
    "secret": "secret",
    "key": "key",
    "cert": "certificate",
    # https://external-secrets.io/latest/provider/azure-key-vault/#object-types
    "": "secret",
}
ANY: Final = "*"
"""The name of every object of a kind."""


@dataclass(frozen=True)
class Asked:
    """An object of a vault that a resource names."""

    kind: str
    """``secret``, ``key`` or ``certificate``."""
    name: Text
    """``*``: whatever a search finds, for which the reader has to list."""
    vault: Text = ""
    searches: bool = False
    copied: bool = True
    """Whether the value gets into a Kubernetes Secret."""
    lists_versions: bool = False
    """Whether older versions are read as well, which the reader has to list."""


@dataclass(frozen=True)
class SecretProviderClass(KubernetesObject):
    """The objects that the CSI driver mounts, their vault, and the identity that reads them."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        return mapping(self.node.input("spec.parameters"))

    @property
    def vault(self) -> Text:
        name = text(self.parameters.get("keyvaultName"))
        return lower(name)

    @property
    def client_id(self) -> Text:
        """Client id of the identity for which the pod's token is exchanged; empty in other modes."""
        return text(self.parameters.get("clientID"))

    @property
    def tenant_id(self) -> Text:
        return text(self.parameters.get("tenantId", self.parameters.get("tenantID")))

    @property
    def uses_token_proxy(self) -> Flag:
        """Whether the cluster's token proxy exchanges the pod's token, by an identity binding."""
        return flag(self.parameters.get("useAzureTokenProxy"))

    @property
    def uses_pod_identity(self) -> Flag:
        return flag(self.parameters.get("usePodIdentity"))

    @property
    def uses_node_identity(self) -> Flag:
        """Whether it reads as an identity of the node, which every pod there can use."""
        return flag(self.parameters.get("useVMManagedIdentity"))

    @property
    def node_identity_client_id(self) -> Text:
        return text(self.parameters.get("userAssignedIdentityID"))

    @cached_property
    def asks(self) -> list[Asked]:
        """The objects that it mounts."""
        objects = self.parameters.get("objects")
        files = self._synced_files
        if objects is UNKNOWN:
            return [Asked("secret", UNKNOWN, self.vault, copied=bool(files))]
        return [
            Asked(
                KINDS.get(str(entry.get("objectType", "")).lower(), str(entry.get("objectType"))),
                text(entry.get("objectName")),
                self.vault,
                copied=str(entry.get("objectAlias") or entry.get("objectName")) in files,
                lists_versions=has_history(entry),
            )
            for entry in class_objects(objects)
        ]

    @property
    def _synced_files(self) -> set[str]:
        """The mounted files from which the driver syncs Secrets. One with several versions is a folder."""
        names = {
            str(mapping(entry).get("objectName"))
            for secret in listed(self.node.input("spec.secretObjects"))
            for entry in listed(mapping(secret).get("data"))
        }
        return {*names, *(name.removesuffix("/0") for name in names)}


def has_history(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a class mounts several versions, in a folder.

    https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/
    """
    versions = entry.get("objectVersionHistory")
    return isinstance(versions, int) and versions > 1


def class_objects(objects: Any) -> list[Mapping[str, Any]]:
    """The entries of the parameter ``objects``: YAML with a list of YAML texts."""
    try:
        entries = listed(mapping(yaml.load(str(objects or ""), Loader=_LOADER)).get("array"))
        return [mapping(yaml.load(str(entry), Loader=_LOADER)) for entry in entries]
    except yaml.YAMLError:
        return []


_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class SecretStore(KubernetesObject):
    """A SecretStore or ClusterSecretStore."""

    @property
    def provider(self) -> Mapping[str, Any]:
        """The part for Azure Key Vault; empty for a store of another kind."""
        return mapping(self.node.input("spec.provider.azurekv"))

    @property
    def vault(self) -> Text:
        return vault_of_url(self.provider.get("vaultUrl", ""))

    @property
    def auth_type(self) -> Text:
        # https://external-secrets.io/latest/api/spec/#external-secrets.io/v1.AzureAuthType
        return text(self.provider.get("authType"), "ServicePrincipal")

    @property
    def service_account(self) -> tuple[Text, Text]:
        """Namespace and name of the ServiceAccount that it reads as; empty names without one."""
        ref = mapping(self.provider.get("serviceAccountRef"))
        namespace = self.namespace if self.namespace else text(ref.get("namespace"))
        return namespace, text(ref.get("name"))

    @property
    def identity_id(self) -> Text:
        """Client id of a managed identity of the node, for authType ManagedIdentity."""
        return text(self.provider.get("identityId"))


@dataclass(frozen=True)
class ExternalSecret(KubernetesObject):
    """The objects that the operator copies from a vault into a Secret."""

    @property
    def target(self) -> Text:
        """Name of the Secret."""
        return text(self.node.input("spec.target.name"), str(self.name or ""))

    @cached_property
    def asks(self) -> list[tuple[tuple[Text, Text], Asked]]:
        """Kind and name of the store, with each object that is read from it."""
        spec = self.spec
        asks_of_store: list[tuple[tuple[Text, Text], Asked]] = []
        for entry in [*listed(spec.get("data")), *listed(spec.get("dataFrom"))]:
            entry = mapping(entry)
            store = _store(mapping(entry.get("sourceRef")).get("storeRef") or spec.get("secretStoreRef"))
            if remote := mapping(entry.get("remoteRef") or entry.get("extract")):
                asks_of_store.append((store, _remote(remote.get("key"))))
            elif "find" in entry:
                asks_of_store.append((store, Asked("secret", ANY, searches=True)))
        if self.node.input("spec") is UNKNOWN:
            asks_of_store.append(((UNKNOWN, UNKNOWN), Asked("secret", UNKNOWN)))
        return asks_of_store


def _store(ref: Any) -> tuple[Text, Text]:
    if ref is UNKNOWN:
        return UNKNOWN, UNKNOWN
    return text(mapping(ref).get("kind"), "SecretStore"), text(mapping(ref).get("name"))


def _remote(key: Any) -> Asked:
    """``secret/name``, ``key/name``, ``cert/name`` or only the name of a secret."""
    if key is UNKNOWN:
        return Asked("secret", UNKNOWN)
    kind, separator, name = str(key).partition("/")
    return Asked(KINDS.get(kind, kind), name) if separator else Asked("secret", kind)


@dataclass(frozen=True)
class DaprComponent(KubernetesObject):
    """A building block of Dapr; here those that are secret stores."""

    @property
    def component_type(self) -> Text:
        return text(self.node.input("spec.type"))

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Its settings by name."""
        entries = map(mapping, listed(self.node.input("spec.metadata")))
        return {str(entry.get("name")): entry.get("value") for entry in entries}

    @property
    def vault(self) -> Text:
        """The vault of an Azure Key Vault store; empty for another component."""
        if self.component_type != "secretstores.azure.keyvault":
            return ""
        name = text(self.metadata.get("vaultName"))
        return lower(name)

    @property
    def client_id(self) -> Text:
        return text(self.metadata.get("azureClientId"))

    @property
    def auth_methods(self) -> Text:
        return text(self.metadata.get("azureAuthMethods"))

    @property
    def scopes(self) -> tuple[Text, ...]:
        """App ids that may load it; empty means all of the namespace."""
        return texts(self.node.input("scopes", self.node.input("spec.scopes")))


@dataclass(frozen=True)
class DaprConfiguration(KubernetesObject):
    """The secrets that an application may request from its sidecar."""

    @property
    def secret_scopes(self) -> list[Mapping[str, Any]]:
        return [mapping(scope) for scope in listed(self.node.input("spec.secrets.scopes"))]

    def scope_of(self, store: Text) -> Mapping[str, Any] | None:
        """The scope of a secret store. None: it allows every secret of the store."""
        return next((scope for scope in self.secret_scopes if scope.get("storeName") == store), None)
