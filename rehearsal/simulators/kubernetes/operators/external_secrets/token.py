"""Whose token the External Secrets Operator gets for a store of Azure Key Vault.

external-secrets v2.9.0, providers/v1/azure/keyvault/{keyvault,keyvault_new_sdk}.go. The old SDK (go-autorest, the default) asks for the
token when the client is made, so that a SecretStore shows what is wrong with it; with useAzureSDK the first read does. The form of
Entra's answer: external-secrets#2783.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.azure.keyvault.data_plane import Caller, VaultError
from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping
from rehearsal.simulators.kubernetes.api.store import SECRET, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.admission import SERVICE_ACCOUNT
from rehearsal.simulators.kubernetes.operators.external_secrets.installation import EsoInstallation
from rehearsal.simulators.world import World

_CLIENT: Final = "azure.workload.identity/client-id"
_TENANT: Final = "azure.workload.identity/tenant-id"
_NO_CLIENT: Final = (
    f"missing clientID: either serviceAccountRef or service account annotation '{_CLIENT}' is missing"
)
_NO_TENANT: Final = "missing tenantID in store config"
_NO_VARIABLES: Final = "missing environment variables. AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE must be set"
_SEVERAL_TENANTS: Final = (
    "multiple tenantID found. Check secretRef, 'spec.provider.azurekv.tenantId', and serviceAccountRef"
)
_NO_KEY: Final = "missing accessKeyID/secretAccessKey in store config"


class StoreError(Exception):
    """Why the operator gets nothing, in its words."""


class StoreCredentials:
    """To one store, for one namespace. Making it raises `StoreError` for what is wrong with the settings."""

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
        self._given = store
        self.new = store.get("useAzureSDK") is True
        self.token: Callable[[], Caller | None] = self._authorizer()
        """Raises `StoreError`; None where nobody can tell whose token it is."""
        if not self.new:
            self.token()

    @property
    def _world(self) -> World:
        return self._objects.world

    def _authorizer(self) -> Callable[[], Caller | None]:
        """Raises what is wrong with the settings; what it returns asks for the token, and answers None if nobody can tell whose it is."""
        kind = self._given.get("authType")
        if kind == "ManagedIdentity":
            return self._of_nodes
        if kind == "WorkloadIdentity":
            reference = self._given.get("serviceAccountRef")
            return self._of_account(reference) if isinstance(reference, Mapping) else self._of_operator()
        return self._of_principal()

    def _of_nodes(self) -> Caller | None:
        cluster = self._world.get(self._objects.id)
        assert cluster is not None, "the operator runs in it"
        try:
            return data_plane.node_identity(self._world, cluster, str(self._given.get("identityId") or ""))
        except VaultError as error:
            raise StoreError(str(error)) from error

    def _of_principal(self) -> Callable[[], Caller | None]:
        """A service principal: its id and its rights are not known here."""
        references = self._given.get("authSecretRef")
        if not self._given.get("tenantId"):
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

    def _of_operator(self) -> Callable[[], Caller | None]:
        client = self._operator.client_id(self._objects)
        if client is None:
            raise StoreError(_NO_VARIABLES)
        known = (
            identity
            for identity in data_plane.client_ids(self._world)
            if self._world.matches(client, identity)
        )
        found = next(known, None)
        if found is None or not self._operator.account:
            return lambda: None
        return lambda: self._exchanged(found, "", self._operator.namespace, self._operator.account)

    def _of_account(self, reference: Mapping[str, Any]) -> Callable[[], Caller | None]:
        name = str(reference["name"])
        namespace = str(reference.get("namespace") or self._namespace) if self._cluster else self._namespace
        account = self._objects.get(SERVICE_ACCOUNT, namespace, name)
        if account is None:
            prefix = "failed to get service account: " if self.new else ""
            raise StoreError(f'{prefix}ServiceAccount "{name}" not found')
        annotations = mapping(mapping(account.get("metadata")).get("annotations"))
        references = mapping(self._given.get("authSecretRef")) if not self.new else {}
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
            who = f"system:serviceaccount:{self._operator.namespace}:{self._operator.account or 'external-secrets'}"
            what = f'User "{who}" cannot create resource "serviceaccounts/token" in API group "" in the namespace "{namespace}"'
            raise StoreError(f'serviceaccounts "{name}" is forbidden: {what}')
        if is_sealed(client) or is_sealed(tenant):
            return lambda: None
        return lambda: self._exchanged(str(client), tenant, namespace, name)

    def _tenant(self, annotations: Mapping[str, Any], references: Mapping[str, Any]) -> str:
        given = self._value_of(mapping(references["tenantId"])) if references.get("tenantId") else ""
        given, noted = given or str(self._given.get("tenantId") or ""), str(annotations.get(_TENANT) or "")
        if given and noted and not self.new:
            raise StoreError(_SEVERAL_TENANTS)
        # With the label on its own pods the operator has AZURE_TENANT_ID; the new SDK does not look there.
        fallback = not self.new and self._operator.client_id(self._objects) is not None
        tenant = given or noted or (data_plane.home_tenant(self._world) if fallback else "")
        if not tenant:
            raise StoreError(_NO_TENANT)
        return tenant

    def _exchanged(self, client: str, tenant: str, namespace: str, account: str) -> Caller:
        """The ServiceAccount's token for one of Entra."""
        cluster = self._world.get(self._objects.id)
        assert cluster is not None, "the operator runs in it"
        issuer = str(
            (cluster.properties.get("oidcIssuerProfile") or {}).get("issuerURL")
            or "https://kubernetes.default.svc.cluster.local"
        )
        subject = f"system:serviceaccount:{namespace}:{account}"
        try:
            return data_plane.federated_identity(self._world, client, tenant, issuer, subject)
        except VaultError as error:
            if self.new:
                raise StoreError(str(error)) from error
            why = str(error).removeprefix("ClientAssertionCredential authentication failed. ")
            unknown = why.startswith("AADSTS700016")
            url = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
            body = json.dumps(
                {"error": "unauthorized_client" if unknown else "invalid_client", "error_description": why}
            )
            status = 400 if unknown else 401
            raise StoreError(
                f"FromAssertion(): http call({url})(POST) error: reply status code was {status}:\n{body}"
            ) from error

    def _value_of(self, reference: Mapping[str, Any]) -> str:
        """runtime/esutils/resolvers/secret_ref.go."""
        name, key = str(reference.get("name", "")), str(reference.get("key", ""))
        namespace = str(reference.get("namespace") or self._namespace) if self._cluster else self._namespace
        found = self._objects.get(SECRET, namespace, name)
        if found is None:
            raise StoreError(
                f'cannot get Kubernetes secret "{name}" from namespace "{namespace}": secrets "{name}" not found'
            )
        parts = [found.get(part) for part in ("data", "stringData")]
        if not any(is_sealed(part) or key in mapping(part) for part in parts):
            raise StoreError(f'cannot find secret data for key: "{key}"')
        return next(
            (str(mapping(part)[key]) for part in parts if key in mapping(part)),
            self._world.keyed_hash([namespace, name, key]),
        )
