"""The controller as a client of Entra and of Key Vault, and the data that it makes of an object.

akv2k8s 1.8.4: cmd/azure-keyvault-controller/{main,controller/secret_handler}.go, pkg/azure/keyvault/client,
pkg/azure/credentialprovider/akv.go, pkg/akv2k8s/transformers. It reads all objects as itself: the
`azureIdentity` of an AzureKeyVaultSecret has no reader in the code. Values are hashes, so what it would make
of a value (a decoded text, a part of a certificate) is another hash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.entra import (
    Caller,
    VaultError,
    client_ids,
    federated_identity,
    home_tenant,
    known_tenants,
    node_identity,
)
from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.akv2k8s.detection import Akv2k8sInstallation
from rehearsal.simulators.kubernetes.operators.dapr.go_sdk import wording, workload_identity

_TLS: Final = "kubernetes.io/tls"
_OPAQUE: Final = "Opaque"
_KEYS_OF_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    # HandleSecret of azureSecretHandler: these types have keys of their own, whatever `dataKey` says
    "kubernetes.io/basic-auth": ("username", "password"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    _TLS: ("tls.crt", "tls.key"),
}
_WHOLE_VALUE: Final = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "kubernetes.io/ssh-auth")
_TRANSFORMS: Final = ("trim", "base64encode", "base64decode")
_NO_KEY: Final = "no datakey specified for output secret"
_CERTIFICATE: Final = "failed to get certificate from azure key vault, error: "
_PRIVATE: Final = "failed to get private certificate from azure key vault, error: "
_BEFORE: Final = (
    "EnvironmentCredential: incomplete environment variable configuration. Only AZURE_TENANT_ID and "
    "AZURE_CLIENT_ID are set"
)
"""NewEnvironmentCredential in azidentity, of a pod with the variables of the webhook."""
_COLLECTIONS: Final = {"secret": "secrets", "cert": "certificates", "key": "keys"}


def secret_of(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of an AzureKeyVaultSecret about its Kubernetes Secret."""
    return mapping(mapping(spec.get("output")).get("secret"))


def is_simulated(spec: Mapping[str, Any]) -> bool:
    """Whether the keys of its Secret are known: those of a multi-key-value-secret lie in the value."""
    type_ = mapping(mapping(spec.get("vault")).get("object")).get("type")
    return bool(secret_of(spec).get("name")) and type_ != "multi-key-value-secret"


def data_of(objects: ObjectStore, operator: Akv2k8sInstallation, live: Manifest) -> dict[str, str]:
    """Data of the Secret (getSecretFromKeyVault). Raises VaultError in the controller's words."""
    spec = mapping(live.get("spec"))
    handle = {"certificate": _of_certificate, "key": _of_key}
    type_ = str(mapping(mapping(spec.get("vault")).get("object")).get("type"))
    return handle.get(type_, _of_secret)(_Client(objects, operator, spec), spec)


class _Client:
    def __init__(self, objects: ObjectStore, operator: Akv2k8sInstallation, spec: Mapping[str, Any]) -> None:
        self.world, self._objects, self._operator = objects.world, objects, operator
        self._vault = mapping(spec.get("vault"))

    def get(self, kind: str) -> str:
        """The object of the AzureKeyVaultSecret in one of the vault's collections. Raises VaultError."""
        named, vault_name = mapping(self._vault.get("object")), str(self._vault.get("name"))
        name, version = str(named.get("name")), str(named.get("version") or "")
        url = f"https://{vault_name}.vault.azure.net/{_COLLECTIONS[kind]}/{name}/{version}"
        with wording(url, api_version="7.4"):
            vault = data_plane.find_vault(self.world, vault_name)
            caller = _caller(self._objects, self._operator)
            return data_plane.read(self.world, vault, caller, kind, name, version).content

    def part(self, content: str, part: str) -> str:
        return self.world.keyed_hash([content, part])


def _of_secret(client: _Client, spec: Mapping[str, Any]) -> dict[str, str]:
    output, secret = mapping(spec.get("output")), secret_of(spec)
    transforms = [str(name) for name in output.get("transform") or ()]
    if unknown := [name for name in transforms if name not in _TRANSFORMS]:
        raise VaultError(f"transform type '{unknown[0]}' not currently supported")
    content = client.get("secret")
    for transform in transforms:
        content = client.part(content, transform)
    type_ = str(secret.get("type") or "")
    if type_ in _WHOLE_VALUE:
        return dict.fromkeys(_KEYS_OF_TYPE[type_], content)
    if keys := _KEYS_OF_TYPE.get(type_):
        return {key: client.part(content, key) for key in keys}
    if not secret.get("dataKey"):
        raise VaultError(_NO_KEY)
    return {str(secret["dataKey"]): content}


def _of_certificate(client: _Client, spec: Mapping[str, Any]) -> dict[str, str]:
    """Without a type the Secret gets the certificate alone, in PEM. With one, the vault's secret is read."""
    secret = secret_of(spec)
    type_, key = str(secret.get("type") or ""), str(secret.get("dataKey") or "")
    exports = type_ in (_TLS, _OPAQUE)
    if not exports and not key:
        raise VaultError(_NO_KEY)
    content = _prefixed(_CERTIFICATE, client, "cert")
    if not exports:
        return {key: content}
    content = _prefixed(_PRIVATE, client, "secret")
    if type_ == _OPAQUE:
        return {key: content}
    return {part: client.part(content, part) for part in _KEYS_OF_TYPE[_TLS]}


def _of_key(client: _Client, spec: Mapping[str, Any]) -> dict[str, str]:
    """The modulus of an RSA key, as bytes."""
    return {str(secret_of(spec).get("dataKey") or ""): client.part(client.get("key"), "n")}


def _prefixed(prefix: str, client: _Client, kind: str) -> str:
    try:
        return client.get(kind)
    except VaultError as error:
        raise VaultError(f"{prefix}{error}") from error


def _caller(objects: ObjectStore, operator: Akv2k8sInstallation) -> Caller | None:
    """The principal as which the controller reads. None: the world does not know it. Raises VaultError."""
    world, cluster = objects.world, objects.world.get(objects.id)
    assert cluster is not None, "the controller runs in it"
    if operator.signs_in_with(objects, "azureCloudConfig"):
        # /etc/kubernetes/azure.json of the node, which names the kubelet's identity
        kubelet = mapping(mapping(cluster.properties.get("identityProfile")).get("kubeletidentity"))
        return node_identity(world, cluster, str(kubelet.get("clientId") or ""))
    if not operator.signs_in_with(objects, "environment-azidentity"):
        return None
    client = operator.client_id(objects)
    if client is None:
        return node_identity(world, cluster, "")  # ManagedIdentityCredential, the next of the chain
    client_id = next((id_ for id_ in client_ids(world) if world.matches(client, id_)), None)
    if client_id is None or not operator.account:
        return None
    tenants, named = sorted(known_tenants(world)), operator.tenant_id
    tenant = next((id_ for id_ in tenants if named and world.matches(named, id_)), home_tenant(world))
    issuer = mapping(cluster.properties.get("oidcIssuerProfile")).get("issuerURL")
    issuer = str(issuer or "https://kubernetes.default.svc.cluster.local")
    subject = f"system:serviceaccount:{operator.namespace}:{operator.account}"
    try:
        return federated_identity(world, client_id, tenant, issuer, subject)
    except VaultError as error:
        raise workload_identity(error, tenant, "DefaultAzureCredential", [_BEFORE]) from error
