"""Chains of the External Secrets Operator, each in its namespace, whole or broken in one place.

One world has all of them: the simulated operator has judged them when they are made, and a real one judges
them at once when a real server gets the objects.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.azure import arm
from rehearsal.simulators.wire import Secret
from tests.support.acting import SECRETS_USER, Azure, Resource, manifest
from tests.support.eso import CLIENT, PASSWORD, PUSH, SECRET, STORE, TENANT, generator, push
from tests.support.manifests import RELEASE
from tests.support.mounting import SECRETS_OFFICER, VAULT, MountScene

OPERATOR: Final = "external-secrets"
_RBAC: Final = "rbac.authorization.k8s.io/v1"
_STRANGER: Final = "00000000-0000-4000-8000-0000000000ff"
"""An id of no tenant and of no application."""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A chain that is whole but for what differs from the defaults."""

    name: str
    """Name of its namespace, its identity and the rest."""
    failure: str = ""
    """Id of the failure of its event; empty: nothing fails."""
    credential: Callable[[Mapping[str, Any]], Mapping[str, Any] | None] = lambda inputs: inputs
    """Inputs of the federated credential → others; None: there is none."""
    scope: str | None = f"{VAULT}/secrets/db"
    """Scope of the role; None: there is no role."""
    role: str = SECRETS_USER
    annotations: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda values: values
    """Annotations of the ServiceAccount → others."""
    late: str = ""
    """The link that works only later: ``credential`` or ``role``."""
    tokens: bool = True
    """Whether the operator may request tokens of the ServiceAccount."""
    azure: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Settings of the store; None as a value leaves one out."""
    spec: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Spec of the ExternalSecret."""
    key: str = "db"
    target: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pushed: Mapping[str, Any] | None = None
    """Spec of a PushSecret, which the chain has in place of an ExternalSecret."""


def _data(**reference: Any) -> dict[str, Any]:
    return {"data": [{"secretKey": "password", "remoteRef": reference}]}


def _template(text: str, **more: Any) -> dict[str, Any]:
    return {"template": {"engineVersion": "v2", "data": {"url": text}, **more}}


def _with(**more: Any) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    return lambda inputs: {**inputs, **more}


def _without_slash(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**inputs, "issuer": str(inputs["issuer"]).rstrip("/")}


def _upper(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**inputs, "subject": str(inputs["subject"]).replace("reader", "Reader")}


CHAINS: Final = (
    Chain(name="whole"),
    # The token: credential, tenant, application
    Chain(name="slash", failure="aadsts700211", credential=_without_slash),
    Chain(
        name="subject",
        failure="aadsts700213",
        credential=_with(subject="system:serviceaccount:subject:another"),
    ),
    Chain(name="subject-case", failure="aadsts7002138", credential=_upper),
    Chain(name="audience", failure="aadsts700212", credential=_with(audiences=["api://another"])),
    Chain(name="no-credential", failure="aadsts700211", credential=lambda _: None),
    Chain(name="application", failure="aadsts700016", annotations=_with(**{CLIENT: _STRANGER})),
    Chain(name="tenant", failure="tenant-not-found", azure={"tenantId": _STRANGER}),
    Chain(name="no-tenant", failure="multiple-tenantid", azure={"tenantId": None}),
    Chain(name="two-tenants", failure="multiple-tenantid", annotations=_with(**{TENANT: arm.TENANT})),
    Chain(name="no-client", failure="missing-clientid", annotations=lambda _: {}),
    Chain(
        name="no-account",
        failure="service-account-not-found",
        azure={"serviceAccountRef": {"name": "nobody"}},
    ),
    Chain(name="no-token-right", failure="operator-may-not-request-tokens", tokens=False),
    Chain(name="no-account-reference", failure="missing-clientid", azure={"serviceAccountRef": None}),
    Chain(
        name="service-principal",
        failure="store-credentials-missing",
        azure={"authType": "ServicePrincipal", "serviceAccountRef": None},
    ),
    Chain(name="late-credential", failure="aadsts70021", late="credential"),
    Chain(name="late-role", failure="forbiddenbyrbac", late="role"),
    # The vault: rights and objects
    Chain(name="no-role", failure="forbiddenbyrbac", scope=None),
    Chain(name="other-role", failure="forbiddenbyrbac", scope=f"{VAULT}/secrets/other"),
    Chain(
        name="no-policy",
        failure="forbiddenbypolicy",
        azure={"vaultUrl": "https://kv-policies.vault.azure.net/"},
    ),
    Chain(
        name="firewall",
        failure="forbiddenbyfirewall",
        azure={"vaultUrl": "https://kv-firewall.vault.azure.net/"},
    ),
    Chain(
        name="closed",
        failure="forbiddenbyconnection",
        azure={"vaultUrl": "https://kv-closed.vault.azure.net/"},
    ),
    # Not here: a vault that is not there. The old SDK asks for its host four times, in 450 s. Release 0.16.2
    # was waited for once: keyvault.BaseClient#GetSecret: Failure sending request: StatusCode=0 -- Original
    # Error: Get "https://kv-nowhere.vault.azure.net/secrets/db/?api-version=7.0": no such host
    Chain(name="absent", failure="secret-does-not-exist", scope=VAULT, key="absent"),
    Chain(name="absent-deleted", scope=VAULT, key="absent", target={"deletionPolicy": "Delete"}),
    Chain(name="disabled", failure="secretdisabled", scope=VAULT, key="disabled"),
    Chain(name="version", failure="secret-does-not-exist", spec=_data(key="db", version="0" * 32)),
    Chain(name="no-type", failure="secret-data-wrong", spec=_data(key="secrets/db")),
    Chain(name="no-key-right", failure="forbiddenbyrbac", spec=_data(key="key/signing")),
    Chain(
        name="no-tag",
        failure="secret-data-wrong",
        spec=_data(key="db", metadataPolicy="Fetch", property="team"),
    ),
    Chain(name="find", failure="forbiddenbyrbac", spec={"dataFrom": [{"find": {"name": {"regexp": "^d"}}}]}),
    Chain(
        name="certificate-map",
        failure="secret-data-wrong",
        spec={"dataFrom": [{"extract": {"key": "cert/web"}}]},
    ),
    Chain(name="no-scheme", failure="secretsyncederror", azure={"vaultUrl": "kv-one.vault.azure.net"}),
    # Values that are read in a form of their own
    Chain(name="property", scope=VAULT, spec=_data(key="document", property="user.name")),
    Chain(name="document", scope=VAULT, spec={"dataFrom": [{"extract": {"key": "document"}}]}),
    Chain(name="encoded", scope=VAULT, spec=_data(key="encoded", decodingStrategy="Base64")),
    Chain(
        name="certificate",
        scope=VAULT,
        key="certificate",
        target=_template('{{ index . "password" | filterPEM "CERTIFICATE" }}'),
    ),
    Chain(
        name="login",
        scope=VAULT,
        key="login",
        target={"template": {"engineVersion": "v2", "type": "kubernetes.io/dockerconfigjson"}},
        spec={"data": [{"secretKey": ".dockerconfigjson", "remoteRef": {"key": "login"}}]},
    ),
    # The objects in the cluster
    Chain(name="no-store", failure="store-not-found", spec={"secretStoreRef": {"name": "nothing"}}),
    Chain(name="bad-field", failure="secret-data-wrong", target=_template("{{ .pass-word }}")),
    Chain(name="no-field", failure="secret-data-wrong", target=_template("{{ .user }}")),
    Chain(
        name="tls",
        failure="secret-data-wrong",
        target={"template": {"engineVersion": "v2", "type": "kubernetes.io/tls"}},
    ),
    Chain(name="merge", target={"creationPolicy": "Merge", "name": "nothing"}),
)


def _push(name: str = "pushed", **more: Any) -> dict[str, Any]:
    match = {"secretKey": "password", "remoteRef": {"remoteKey": f"secret/{name}"}}
    spec: dict[str, Any] = push({"match": match}, **more)["spec"]
    return spec


PUSHES: Final = (
    Chain(name="push", role=SECRETS_OFFICER, scope=f"{VAULT}/secrets/pushed", pushed=_push()),
    Chain(
        name="push-drawn",
        role=SECRETS_OFFICER,
        scope=f"{VAULT}/secrets/drawn",
        pushed=_push("drawn", generated=True),
    ),
    Chain(
        name="push-reader",
        failure="forbiddenbyrbac",
        scope=f"{VAULT}/secrets/unset",
        pushed=_push("unset"),
    ),
    Chain(
        name="push-of-another",
        failure="not-managed-by-external-secrets",
        role=SECRETS_OFFICER,
        pushed=_push("db"),
    ),
    Chain(
        name="push-no-source",
        failure="push-has-no-source",
        role=SECRETS_OFFICER,
        pushed=_push(selector={"secret": {"name": "nothing"}}),
    ),
    Chain(
        name="push-no-store",
        failure="store-not-found",
        role=SECRETS_OFFICER,
        pushed=_push(secretStoreRefs=[{"name": "nothing"}]),
    ),
)

WINDOWS: Final = {"kind": "allow", "windows": [{"schedule": "0 0 * * *", "duration": "8h"}]}
NEWER: Final = Chain(name="newer", spec={**_data(key="db"), "syncWindows": WINDOWS})
"""A chain with a field that the built release does not have."""


class ChainScene(MountScene):
    """A cluster with the operator and its namespaces, one for each chain."""

    def __init__(self, azure: Azure) -> None:
        super().__init__(azure, addons=None)
        self.kubernetes.namespace(OPERATOR)
        values = {"rbac": {"serviceAccountTokenCreate": False}, "serviceAccount": {"name": OPERATOR}}
        release = {"chart": "external-secrets", "name": OPERATOR, "namespace": OPERATOR, "values": values}
        self.kubernetes.create(RELEASE, release, name=OPERATOR)
        azure.vault("kv-policies", enableRbacAuthorization=False)
        azure.vault("kv-firewall", networkAcls={"bypass": "AzureServices", "defaultAction": "Deny"})
        azure.vault("kv-closed", publicNetworkAccess="Disabled")
        azure.secret("disabled", Secret("x"), properties={"value": "x", "attributes": {"enabled": False}})
        self.azure.world.absent_secrets.add(f"{VAULT}/secrets/absent".lower())

    def make(self, chain: Chain) -> None:
        """Everything of a chain, from the identity to the ExternalSecret."""
        identity = self.azure.identity(chain.name).outputs
        inputs = {"issuer": self.issuer, "subject": f"system:serviceaccount:{chain.name}:reader"}
        if (changed := chain.credential(inputs)) is not None:
            credential = self.azure.credential(chain.name, of=chain.name, **changed)
            self._delay(credential, is_late=chain.late == "credential")
        if chain.scope is not None:
            role = self.azure.assignment(
                scope=chain.scope,
                roleDefinitionId=chain.role,
                principalId=identity["principalId"],
                principalType="ServicePrincipal",
                roleAssignmentName=str(uuid.uuid5(uuid.NAMESPACE_DNS, chain.name)),
            )
            self._delay(role, is_late=chain.late == "role")
        self.kubernetes.namespace(chain.name)
        account = manifest("v1", "ServiceAccount", "reader", chain.name)
        account["metadata"]["annotations"] = dict(chain.annotations({CLIENT: identity["clientId"]}))
        self.kubernetes.create("core/v1:ServiceAccount", account)
        if chain.tokens:
            self._let_request_tokens(chain.name)
        settings = {
            "authType": "WorkloadIdentity",
            "vaultUrl": "https://kv-one.vault.azure.net/",
            "tenantId": arm.TENANT,
            "serviceAccountRef": {"name": "reader"},
            **chain.azure,
        }
        azurekv = {name: value for name, value in settings.items() if value is not None}
        store = {"provider": {"azurekv": azurekv}}
        self.kubernetes.create(STORE, self._object("SecretStore", chain.name, "azure", store))
        if chain.pushed is not None:
            self._make_push(chain.name, chain.pushed)
            return
        spec = {"secretStoreRef": {"name": "azure"}, **chain.spec, "target": {"name": "made", **chain.target}}
        read = {} if {"data", "dataFrom"} & set(chain.spec) else _data(key=chain.key)
        self.kubernetes.create(SECRET, self._object("ExternalSecret", chain.name, "db", {**spec, **read}))

    def _make_push(self, namespace: str, spec: Mapping[str, Any]) -> None:
        source = manifest("v1", "Secret", "db-app", namespace, stringData={"password": Secret("hunter3")})
        self.kubernetes.create("core/v1:Secret", source)
        for token, object_ in ((PASSWORD, generator()), (PUSH, push())):
            metadata = {**object_["metadata"], "namespace": namespace}
            made = {**object_, "metadata": metadata, **({"spec": dict(spec)} if token == PUSH else {})}
            self.kubernetes.create(token, made)

    def _delay(self, resource: Resource, *, is_late: bool) -> None:
        if is_late:
            self.azure.world.works_from[resource.id.lower()] = 1000

    @staticmethod
    def _object(kind: str, namespace: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
        return manifest("external-secrets.io/v1", kind, name, namespace, spec=spec)

    def _let_request_tokens(self, namespace: str) -> None:
        rule = {"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}
        role = manifest(_RBAC, "Role", "tokens", namespace, rules=[{**rule, "resourceNames": ["reader"]}])
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tokens"}
        subject = {"kind": "ServiceAccount", "name": OPERATOR, "namespace": OPERATOR}
        binding = manifest(_RBAC, "RoleBinding", "tokens", namespace, roleRef=reference, subjects=[subject])
        for kind, object_ in (("Role", role), ("RoleBinding", binding)):
            self.kubernetes.create(f"rbac.authorization.k8s.io/v1:{kind}", object_)
