"""The token that the External Secrets Operator uses for a store of Azure Key Vault.

external-secrets v2.9.0, providers/v1/azure/keyvault/{keyvault,keyvault_new_sdk}.go. The old SDK (go-autorest,
the default) requests the token when the client is made, so that a SecretStore shows an error in its status;
with useAzureSDK the first read does. The form of Entra's answer: external-secrets#2783. A real controller
judges these words in the tests (tests/rehearsal/real_cluster).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping
from rehearsal.simulators.kubernetes.api.store import SECRET, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.admission import SERVICE_ACCOUNT
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import EsoInstallation
from rehearsal.simulators.world import World

_CLIENT: Final = "azure.workload.identity/client-id"
_TENANT: Final = "azure.workload.identity/tenant-id"
_NO_CLIENT: Final = (
    f"missing clientID: either serviceAccountRef or service account annotation '{_CLIENT}' is missing"
)
_NO_TENANT: Final = "missing tenantID in store config"
_NO_VARIABLES: Final = (
    "missing environment variables. AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE "
    "must be set"
)
_SEVERAL_TENANTS: Final = (
    "multiple tenantID found. Check secretRef, 'spec.provider.azurekv.tenantId', and serviceAccountRef"
)
_NO_KEY: Final = "missing accessKeyID/secretAccessKey in store config"


_ENTRA: Final = "https://login.microsoftonline.com"


class StoreError(Exception):
    """A store that cannot be read, in the operator's words."""


class StoreCredentials:
    """Credentials for one store and one namespace.

    Raises StoreError when they are made if the store's settings are wrong.
    """

    def __init__(
        self,
        objects: ObjectStore,
        store: Mapping[str, Any],
        namespace: str,
        operator: EsoInstallation,
        *,
        cluster: bool,
    ) -> None:
        self._objects, self._operator, self._namespace, self._cluster = objects, operator, namespace, cluster
        self._store = store
        self.uses_new_sdk = store.get("useAzureSDK") is True
        self.token: Callable[[], Caller | None] = self._authorizer()
        """Requests the token. None: the simulator cannot tell whose token it is. Raises StoreError."""
        if not self.uses_new_sdk:
            self.token()

    @property
    def _world(self) -> World:
        return self._objects.world

    def _authorizer(self) -> Callable[[], Caller | None]:
        """The function that requests the token. Raises StoreError if the store's settings are wrong."""
        kind = self._store.get("authType")
        if kind == "ManagedIdentity":
            return self._node_identity
        if kind == "WorkloadIdentity":
            reference = self._store.get("serviceAccountRef")
            return (
                self._service_account(reference)
                if isinstance(reference, Mapping)
                else self._operator_identity()
            )
        return self._service_principal()

    def _node_identity(self) -> Caller | None:
        cluster = self._world.get(self._objects.id)
        assert cluster is not None, "the operator runs in it"
        try:
            return node_identity(self._world, cluster, str(self._store.get("identityId") or ""))
        except VaultError as error:
            raise StoreError(str(error)) from error

    def _service_principal(self) -> Callable[[], Caller | None]:
        """A service principal; its id and rights are unknown here."""
        references = self._store.get("authSecretRef")
        if not self._store.get("tenantId"):
            raise StoreError(_NO_TENANT)
        if not isinstance(references, Mapping):
            raise StoreError("missing secretRef in provider config")
        secret, certificate = references.get("clientSecret"), references.get("clientCertificate")
        if not references.get("clientId") or not (secret or certificate):
            raise StoreError(_NO_KEY)
        if secret and certificate:
            raise StoreError("both clientSecret and clientCredentials set")
        for reference in (references["clientId"], secret or certificate):
            self._value_of(mapping(reference))
        return lambda: None

    def _operator_identity(self) -> Callable[[], Caller | None]:
        client = self._operator.client_id(self._objects)
        if client is None:
            raise StoreError(_NO_VARIABLES)
        known = client_ids(self._world)
        client_id = next((id_ for id_ in known if self._world.matches(client, id_)), None)
        if client_id is None or not self._operator.account:
            return lambda: None
        return lambda: self._exchanged(client_id, "", self._operator.namespace, self._operator.account)

    def _service_account(self, reference: Mapping[str, Any]) -> Callable[[], Caller | None]:
        name = str(reference["name"])
        namespace = str(reference.get("namespace") or self._namespace) if self._cluster else self._namespace
        account = self._objects.get(SERVICE_ACCOUNT, namespace, name)
        if account is None:
            prefix = "failed to get service account: " if self.uses_new_sdk else ""
            raise StoreError(f'{prefix}ServiceAccount "{name}" not found')
        annotations = mapping(mapping(account.get("metadata")).get("annotations"))
        references = mapping(self._store.get("authSecretRef")) if not self.uses_new_sdk else {}
        client = annotations.get(_CLIENT)
        if references:
            if not references.get("clientId"):
                raise StoreError(_NO_KEY)
            value = self._value_of(mapping(references["clientId"]))
            if client is not None:
                raise StoreError("multiple clientID found. Check secretRef and serviceAccountRef")
            client = value
        if not client:
            raise StoreError(_NO_CLIENT)
        tenant = self._tenant(annotations, references)
        if not self._operator.may_act_as(self._objects, namespace, name):
            # The API server's words (k8s.io/apiserver, pkg/endpoints/handlers/responsewriters/errors.go)
            own_account = self._operator.account or "external-secrets"
            who = f"system:serviceaccount:{self._operator.namespace}:{own_account}"
            what = (
                f'User "{who}" cannot create resource "serviceaccounts/token" in API group "" in the '
                f'namespace "{namespace}"'
            )
            raise StoreError(f'serviceaccounts "{name}" is forbidden: {what}')
        if is_hashed(client) or is_hashed(tenant):
            return lambda: None
        return lambda: self._exchanged(str(client), tenant, namespace, name)

    def _tenant(self, annotations: Mapping[str, Any], references: Mapping[str, Any]) -> str:
        of_secret = self._value_of(mapping(references["tenantId"])) if references.get("tenantId") else ""
        configured, annotated = (
            of_secret or str(self._store.get("tenantId") or ""),
            str(annotations.get(_TENANT) or ""),
        )
        if configured and annotated and not self.uses_new_sdk:
            raise StoreError(_SEVERAL_TENANTS)
        # With the label on its own pods the operator has AZURE_TENANT_ID; the new SDK does not read it.
        fallback = not self.uses_new_sdk and self._operator.client_id(self._objects) is not None
        tenant = configured or annotated or (home_tenant(self._world) if fallback else "")
        if not tenant:
            raise StoreError(_NO_TENANT)
        return tenant

    def _exchanged(self, client: str, tenant: str, namespace: str, account: str) -> Caller:
        """Exchange the ServiceAccount's token for one of Entra. Raises StoreError."""
        cluster = self._world.get(self._objects.id)
        assert cluster is not None, "the operator runs in it"
        issuer = str(
            (cluster.properties.get("oidcIssuerProfile") or {}).get("issuerURL")
            or "https://kubernetes.default.svc.cluster.local"
        )
        subject = f"system:serviceaccount:{namespace}:{account}"
        if not self.uses_new_sdk and tenant not in ("", *known_tenants(self._world)):
            raise StoreError(_unknown_tenant(tenant))
        try:
            return federated_identity(self._world, client, tenant, issuer, subject)
        except VaultError as error:
            if self.uses_new_sdk:
                raise StoreError(str(error)) from error
            why = str(error).removeprefix("ClientAssertionCredential authentication failed. ")
            unknown = why.startswith("AADSTS700016")
            kind, status = ("unauthorized_client", 400) if unknown else ("invalid_client", 401)
            url = f"{_ENTRA}/{tenant}/oauth2/v2.0/token"
            raise StoreError(_http_error(url, "POST", status, kind, why)) from error

    def _value_of(self, reference: Mapping[str, Any]) -> str:
        """Value of a key of a Secret, or its hash (runtime/esutils/resolvers/secret_ref.go).

        Raises StoreError.
        """
        name, key = str(reference.get("name", "")), str(reference.get("key", ""))
        namespace = str(reference.get("namespace") or self._namespace) if self._cluster else self._namespace
        secret = self._objects.get(SECRET, namespace, name)
        if secret is None:
            raise StoreError(
                f'cannot get Kubernetes secret "{name}" from namespace "{namespace}": secrets "{name}" '
                "not found"
            )
        parts = [secret.get(part) for part in ("data", "stringData")]
        if not any(is_hashed(part) or key in mapping(part) for part in parts):
            raise StoreError(f'cannot find secret data for key: "{key}"')
        return next(
            (str(mapping(part)[key]) for part in parts if key in mapping(part)),
            self._world.keyed_hash([namespace, name, key]),
        )


def _unknown_tenant(tenant: str) -> str:
    """The client looks for the tenant's endpoints first.

    Words of the client: external-secrets#4135; of Entra: Azure/azure-cli#22145.
    """
    url = f"{_ENTRA}/{tenant}/v2.0/.well-known/openid-configuration?"
    why = (
        f"AADSTS90002: Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and "
        "are signing into the correct cloud. Check with your subscription administrator, this may happen if "
        "there are no active subscriptions for the tenant."
    )
    return f"unable to resolve an endpoint: {_http_error(url, 'GET', 400, 'invalid_tenant', why)}"


def _http_error(url: str, method: str, status: int, error: str, description: str) -> str:
    """The words of microsoft-authentication-library-for-go v1.5.0, apps/internal/oauth/ops/internal/comm."""
    body = json.dumps({"error": error, "error_description": description})
    return f"http call({url})({method}) error: reply status code was {status}:\n{body}"
