"""The component secretstores.azure.keyvault of Dapr: its identity, and the vault's answers.

dapr/components-contrib v1.18, secretstores/azure/keyvault/keyvault.go and
common/authentication/azure/{auth,metadata-properties}.go. It requests no token and no vault before the first
read, so that a wrong vault name does not keep it from starting. SPIFFE is not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rehearsal.simulators.azure.entra import Caller, VaultError, federated_identity, node_identity
from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.azure.keyvault.data_plane import ObjectVersion
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.dapr.go_sdk import wording, workload_identity
from rehearsal.simulators.kubernetes.operators.workload_identity import CLIENT_ID, TENANT_ID, TOKEN_FILE

TYPE: Final = "secretstores.azure.keyvault"
_CLOUDS: Final = {
    **dict.fromkeys(("", "azurepubliccloud", "azurepublic"), "vault.azure.net"),
    **dict.fromkeys(("azurechinacloud", "azurechina"), "vault.azure.cn"),
    **dict.fromkeys(("azureusgovernmentcloud", "azureusgovernment"), "vault.usgovcloudapi.net"),
}
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "client id": ("azureclientid", "spnclientid", "clientid"),
    "client secret": ("azureclientsecret", "spnclientsecret", "clientsecret"),
    "tenant": ("azuretenantid", "spntenantid", "tenantid"),
    "certificate": ("azurecertificate", "spncertificate", "azurecertificatefile", "spncertificatefile"),
    "environment": ("azureenvironment", "azurecloud"),
    "methods": (
        "azureauthmethods",
        "azureadauthmethods",
        "entraidauthmethods",
        "microsoftentraidauthmethods",
    ),
}
_METHODS: Final = {
    **dict.fromkeys(("clientcredentials", "creds"), "creds"),
    **dict.fromkeys(("clientcertificate", "cert"), "cert"),
    **dict.fromkeys(("workloadidentity", "wi"), "wi"),
    **dict.fromkeys(("spiffeworkloadidentity", "spiffe"), "spiffe"),
    **dict.fromkeys(("managedidentity", "mi"), "mi"),
    **dict.fromkeys(("commandlineinterface", "cli"), "cli"),
    "none": "none",
}
_DEFAULT: Final = ("creds", "cert", "wi", "mi", "cli")
_NEEDED: Final = (
    # NewWorkloadIdentityCredential in github.com/Azure/azure-sdk-for-go/sdk/azidentity, in its order
    (CLIENT_ID, "no client ID specified. Check pod configuration or set ClientID in the options"),
    (TOKEN_FILE, "no token file specified. Check pod configuration or set TokenFilePath in the options"),
    (TENANT_ID, "no tenant ID specified. Check pod configuration or set TenantID in the options"),
)

Properties = Mapping[str, str]
"""Metadata of a component, with the names in lower case, since their case does not matter."""


class InitError(Exception):
    """A component that does not start."""


def start(properties: Properties, variables: Mapping[str, str]) -> list[str]:
    """Authentication methods in the order of GetTokenCredential. `variables` are the sidecar's.

    Raises InitError.
    """
    environment = _of(properties, "environment")
    if not is_hashed(environment) and environment.lower() not in _CLOUDS:
        raise InitError(f"invalid Azure cloud: {environment}")
    configured = _of(properties, "methods").strip().lower()
    methods, reasons = list(_DEFAULT), list[str]()
    if configured and not is_hashed(configured):
        names = [name.strip() for name in configured.split(",")]
        if unknown := [name for name in names if name not in _METHODS]:
            raise InitError(f"invalid Azure auth method: {unknown[0]}")
        methods = [_METHODS[name] for name in names]
    if "none" in methods:
        raise InitError("all Azure auth methods have been disabled with auth method 'None'")
    usable: list[str] = []
    for method in methods:
        missing = [why for name, why in _NEEDED if not variables.get(name)] if method == "wi" else []
        needed = {"creds": ("client id", "client secret", "tenant"), "cert": ("certificate",)}.get(method, ())
        if missing:
            reasons.append(missing[0])
        elif all(_of(properties, name) for name in needed) and method != "spiffe":
            usable.append(method)
    if not usable:
        raise InitError(f"no suitable token provider for Azure AD; errors: {chr(10).join(reasons)}")
    return usable


def read(
    objects: ObjectStore,
    pod: Manifest,
    properties: Properties,
    variables: Mapping[str, str],
    name: str,
    version: str,
) -> ObjectVersion:
    """One secret. Raises VaultError with the answer of the vault or the directory.

    The client asks the vault first, which names the directory.
    """
    with wording(f"{_url(properties)}/{name}/{version}"):
        vault = data_plane.find_vault(objects.world, vault_name(properties))
        caller = _caller(objects, pod, properties, variables)
        return data_plane.read(objects.world, vault, caller, "secret", name, version)


def read_all(
    objects: ObjectStore, pod: Manifest, properties: Properties, variables: Mapping[str, str]
) -> dict[str, str]:
    """Contents of all secrets by name. One that may not be read fails them all (BulkGetSecret).

    Raises VaultError.
    """
    with wording(_url(properties)):
        vault = data_plane.find_vault(objects.world, vault_name(properties))
        caller = _caller(objects, pod, properties, variables)
        names = sorted(data_plane.list_secrets(objects.world, vault, caller))
    contents: dict[str, str] = {}
    for name in names:
        with wording(f"{_url(properties)}/{name}/"):
            contents[name] = data_plane.read(objects.world, vault, caller, "secret", name, "").content
    return contents


def vault_name(properties: Properties) -> str:
    """Name of the vault; the component still accepts a host name in its place."""
    name = properties.get("vaultname", "")
    suffix = next((f".{host}" for host in dict.fromkeys(_CLOUDS.values()) if name.endswith(f".{host}")), "")
    return name.removesuffix(suffix).removeprefix("https://") if suffix else name


def _url(properties: Properties) -> str:
    """The vault's secrets."""
    host = _CLOUDS.get(_of(properties, "environment").lower(), _CLOUDS[""])
    return f"https://{vault_name(properties)}.{host}/secrets"


def _caller(
    objects: ObjectStore, pod: Manifest, properties: Properties, variables: Mapping[str, str]
) -> Caller | None:
    """The principal that reads. None: the world does not know it, as with a service principal or a hashed
    name. Raises VaultError.

    A refused method ends the chain; only a missing one leaves the read to the next.
    """
    world = objects.world
    cluster = world.get(objects.id)
    assert cluster is not None, "the pod runs in it"
    # No image of Dapr has the Azure CLI.
    methods, client_id = start(properties, variables), _of(properties, "client id")
    method = next((name for name in methods if name != "cli"), "cli")
    if method == "wi":
        metadata, spec = mapping(pod.get("metadata")), mapping(pod.get("spec"))
        issuer = str(
            (cluster.properties.get("oidcIssuerProfile") or {}).get("issuerURL")
            or "https://kubernetes.default.svc.cluster.local"
        )
        subject = (
            f"system:serviceaccount:{metadata.get('namespace')}:{spec.get('serviceAccountName') or 'default'}"
        )
        try:
            # The component's own azureClientId has no effect.
            return federated_identity(world, variables[CLIENT_ID], variables[TENANT_ID], issuer, subject)
        except VaultError as error:
            raise workload_identity(error, variables[TENANT_ID]) from error
    if method == "mi" and not is_hashed(client_id):
        return node_identity(world, cluster, client_id)
    if method == "cli":
        raise VaultError("AzureCLICredential: Azure CLI not found on path")
    return None


def _of(properties: Properties, what: str) -> str:
    """A property by any of its names; empty if none is set."""
    return next((properties[name] for name in _ALIASES[what] if properties.get(name)), "")
