"""Broken programs for the proofs of credentials, clusters and ServiceAccounts."""

from typing import Any

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import WORKLOADS, Broken, check, compare, config, ids, not_proved
from tests.trust.proofs.edited import edit
from tests.trust.proofs.mutating import Mutation
from trust.chain import Chain
from trust.nodes.kubernetes import CLIENT_ID
from trust.proofs import run

_IDENTITY = "components.identity.workload_identity"
_ACCOUNT = "components.workloads.base"
_CLUSTER = "components.cluster.aks_cluster"
_VAULT = "components.key_vault.vault"
_SDK, _DAPR, _CSI = (f"components.workloads.techniques.{name}" for name in ("sdk", "dapr", "csi"))
_PARAMETERS = "**ACCESS_MODES[args.access].parameters(args.identity),"
_APP, _FILES, _CART, _COPIED = config("app"), config("files"), config("cart"), config("copied")


def _with(whole: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """The config with more keys in each workload."""
    return {**whole, "workloads": [{**workload, **keys} for workload in whole["workloads"]]}


_SHARED = {**_with(config("app", "nightly"), identity="shared"), "identities": [{"name": "shared"}]}
_POLICIES = {**_with(_COPIED, scope="vault"), "vault": {"authorization": "access-policy"}}
_ELSEWHERE: dict[str, Any] = {
    **_APP,
    "workloads": [
        {
            "name": "app",
            "namespace": "shop",
            "kind": "none",
            "technique": "sdk",
            "secrets": WORKLOADS["app"]["secrets"],
        }
    ],
}
_FIND = {
    **_COPIED,
    "workloads": [
        {**_COPIED["workloads"][0], "secrets": [], "find": [{"regexp": "^api-"}], "scope": "vault"}
    ],
}

BROKEN = [
    Broken(
        "credential-issuer",
        _IDENTITY,
        "issuer=args.cluster.issuer_url,",
        'issuer=args.cluster.issuer_url.apply(lambda url: url.rstrip("/")),',
        _APP,
        "app",
        says="(the final slash differs)",
    ),
    Broken(
        "credential-issuer",
        _IDENTITY,
        "issuer=args.cluster.issuer_url,",
        'issuer="https://westeurope.oic.prod-aks.azure.com/another/",',
        _COPIED,
        "copied",
        says="'https://westeurope.oic.prod-aks.azure.com/another/'",
    ),
    Broken(
        "credential-subject",
        _IDENTITY,
        "subject=account.subject,",
        "subject=account.subject.upper(),",
        _APP,
        "app",
        frozenset({"account-identity"}),
        says="(it has 'system:serviceaccount:shop:app')",
    ),
    Broken(
        "credential-subject",
        "components.identity.principal",
        'return f"system:serviceaccount:{self.namespace}:{self.name}"',
        'return f"system:serviceaccount:{self.name}:{self.name}"',
        _FILES,
        "files",
        frozenset({"account-identity", "class-identity"}),
        says="'system:serviceaccount:files:files'",
    ),
    Broken(
        "credential-audience",
        _IDENTITY,
        'AUDIENCE = "api://AzureADTokenExchange"',
        'AUDIENCE = "https://vault.azure.net"',
        _APP,
        "app",
        says="'https://vault.azure.net'",
    ),
    Broken(
        "credential-audience",
        _IDENTITY,
        "audiences=[AUDIENCE],",
        'audiences=[AUDIENCE, "api://second"],',
        _CART,
        "cart",
        says="'api://second'",
    ),
    Broken(
        "credential-order",
        _IDENTITY,
        "depends_on=list(made.values())[-1:],",
        "depends_on=None,",
        _SHARED,
        "nightly",
        says="both are written at once",
    ),
    Broken(
        "credential-unique",
        _IDENTITY,
        "subject=account.subject,",
        "subject=args.service_accounts[0].subject,",
        _SHARED,
        "",
        frozenset({"account-identity", "class-identity"}),
        says="have one issuer and subject",
    ),
    Broken(
        "cluster-oidc-issuer",
        _CLUSTER,
        "ManagedClusterOIDCIssuerProfileArgs(enabled=True)",
        "ManagedClusterOIDCIssuerProfileArgs(enabled=False)",
        _APP,
        says="has no OIDC issuer",
    ),
    Broken(
        "cluster-workload-identity",
        _CLUSTER,
        "                    enabled=True\n",
        "                    enabled=False\n",
        _CART,
        says="has workload identity off",
    ),
    Broken(
        "account-identity",
        _ACCOUNT,
        '"azure.workload.identity/client-id": args.identity.client_id,',
        '"azure.workload.identity/client-id": args.identity.principal_id,',
        _APP,
        "app",
        frozenset({"role-covers-requests"}),
        says="which no identity of the stack has",
    ),
    Broken(
        "credential-parent",
        _IDENTITY,
        "resource_name_=self.name,",
        'resource_name_="id-another",',
        _FILES,
        "files",
        frozenset({"account-identity", "class-identity"}),
        says="belongs to no identity of the stack",
    ),
    Broken(
        "credential-parent",
        _IDENTITY,
        "resource_group_name=args.resource_group_name,\n                resource_name_=self.name,",
        'resource_group_name="rg-another",\n                resource_name_=self.name,',
        _FILES,
        "files",
        says="is in resource group 'rg-another'",
    ),
    Broken(
        "workload-in-one-namespace",
        _ACCOUNT,
        "metadata=meta.v1.ObjectMetaArgs(name=name, namespace=args.service_account.namespace),",
        'metadata=meta.v1.ObjectMetaArgs(name=name, namespace="default"),',
        config("app", isolated=True),
        "app",
        frozenset({"isolated-pods-reach-what-they-need", "isolated-pods-are-reached-by-their-service"}),
        says="NetworkPolicy 'default/app' is not in namespace 'shop'",
    ),
    Broken(
        "account-tenant",
        _ACCOUNT,
        '"azure.workload.identity/tenant-id": args.identity.tenant_id,',
        '"azure.workload.identity/tenant-id": args.identity.client_id,',
        _COPIED,
        "copied",
        says="ServiceAccount 'shop/copied' names tenant",
    ),
    Broken(
        "account-tenant",
        _ACCOUNT,
        '"azure.workload.identity/tenant-id": args.identity.tenant_id,',
        "",
        _COPIED,
        "copied",
        says="names no tenant",
    ),
    Broken(
        "account-tenant",
        _CSI,
        '"tenantId": args.identity.tenant_id,',
        '"tenantId": args.identity.client_id,',
        _FILES,
        "files",
        says="SecretProviderClass 'shop/files' names tenant",
    ),
    Broken(
        "pods-run-as-account",
        "components.workloads.pod_requirements",
        '"serviceAccountName": account.name,',
        '"serviceAccountName": "default",',
        _APP,
        "app",
        says="'shop/default'",
    ),
    Broken(
        "pods-run-as-account",
        "components.workloads.pod_requirements",
        '"serviceAccountName": account.name,',
        "",
        _ELSEWHERE,
        "app",
        says="'shop/default'",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_a_broken_program_breaks_the_proof_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)


def test_too_many_credentials_of_an_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings and the component refuse them, so both places are changed."""
    monkeypatch.setattr("stacks.settings.rules.identities.CREDENTIALS_PER_IDENTITY", 21)
    edit(monkeypatch, _IDENTITY, "CREDENTIALS_PER_IDENTITY = 20", "CREDENTIALS_PER_IDENTITY = 21")
    workload = {
        **_APP["workloads"][0],
        "secrets": [{"name": "api-key", "from": "existing"}],
        "identity": "shared",
    }
    workloads = [{**workload, "name": f"app-{number}"} for number in range(21)]
    whole = {**_APP, "identities": [{"name": "shared"}], "workloads": workloads}
    verdicts = run(Chain.read(build_config(whole).graph))
    says = "has 21 credentials; Azure allows 20 (workloads app-0, app-1, app-2 …)"
    compare(Broken("credential-limit", "", "", "", {}, says=says), not_proved(verdicts))


def test_a_service_account_that_names_the_identity_of_another_workload() -> None:
    """The program takes both annotations from one identity, so here the graph is changed."""
    graph = build_config(config("app", "files")).graph
    identities = {str(identity.node.name): identity for identity in Chain.read(graph).identities}
    files, (app,) = (
        identities["files-identity"],
        [item for item in graph if item.name == "app-service-account"],
    )
    changed = Mutation(app, ("metadata", "annotations", CLIENT_ID), files.client_id).applied(graph)
    says = "and its credential belongs to 'id-aks-secrets-test-app'"
    broken = Broken("account-identity", "", "", "", {}, "app", frozenset({"account-tenant"}), says)
    compare(broken, not_proved(run(Chain.read(changed))))
