"""Broken programs for the proofs of credentials, clusters and ServiceAccounts."""

import pytest

from tests.trust.graphs import build_config
from tests.trust.proofs.broken import Broken, check, compare, config, ids, not_proved
from tests.trust.proofs.edited import edit
from tests.trust.proofs.mutating import Mutation
from tests.trust.proofs.places import (
    ACCOUNT_MODULE,
    ADD_ON,
    APP,
    CART,
    CLUSTER_MODULE,
    COPIED,
    ELSEWHERE,
    FILES,
    IDENTITY_MODULE,
    SHARED,
)
from trust.chain import Chain
from trust.nodes.kubernetes import CLIENT_ID
from trust.proofs import run

BROKEN = [
    Broken(
        "credential-issuer",
        IDENTITY_MODULE,
        "issuer=args.cluster.issuer_url,",
        'issuer=args.cluster.issuer_url.apply(lambda url: url.rstrip("/")),',
        APP,
        "app",
        says="(the final slash differs)",
    ),
    Broken(
        "credential-issuer",
        IDENTITY_MODULE,
        "issuer=args.cluster.issuer_url,",
        'issuer="https://westeurope.oic.prod-aks.azure.com/another/",',
        COPIED,
        "copied",
        says="'https://westeurope.oic.prod-aks.azure.com/another/'",
    ),
    Broken(
        "credential-subject",
        IDENTITY_MODULE,
        "subject=account.subject,",
        "subject=account.subject.upper(),",
        APP,
        "app",
        frozenset({"account-identity"}),
        says="(it has 'system:serviceaccount:shop:app')",
    ),
    Broken(
        "credential-subject",
        IDENTITY_MODULE,
        "subject=account.subject,",
        "subject=account.subject.upper(),",
        ADD_ON,
        "app",
        frozenset({"account-identity"}),
        says="(it has 'system:serviceaccount:kube-system:keda-operator')",
    ),
    Broken(
        "credential-subject",
        "components.identity.principal",
        'return f"system:serviceaccount:{self.namespace}:{self.name}"',
        'return f"system:serviceaccount:{self.name}:{self.name}"',
        FILES,
        "files",
        frozenset({"account-identity", "class-identity"}),
        says="'system:serviceaccount:files:files'",
    ),
    Broken(
        "credential-audience",
        IDENTITY_MODULE,
        'AUDIENCE = "api://AzureADTokenExchange"',
        'AUDIENCE = "https://vault.azure.net"',
        APP,
        "app",
        says="'https://vault.azure.net'",
    ),
    Broken(
        "credential-audience",
        IDENTITY_MODULE,
        "audiences=[AUDIENCE],",
        'audiences=[AUDIENCE, "api://second"],',
        CART,
        "cart",
        says="'api://second'",
    ),
    Broken(
        "credential-order",
        IDENTITY_MODULE,
        "depends_on=list(made.values())[-1:],",
        "depends_on=None,",
        SHARED,
        "nightly",
        says="both are written at once",
    ),
    Broken(
        "credential-unique",
        IDENTITY_MODULE,
        "subject=account.subject,",
        "subject=args.service_accounts[0].subject,",
        SHARED,
        "",
        frozenset({"account-identity", "class-identity"}),
        says="have one issuer and subject",
    ),
    Broken(
        "cluster-oidc-issuer",
        CLUSTER_MODULE,
        "ManagedClusterOIDCIssuerProfileArgs(enabled=True)",
        "ManagedClusterOIDCIssuerProfileArgs(enabled=False)",
        APP,
        says="has no OIDC issuer",
    ),
    Broken(
        "cluster-workload-identity",
        CLUSTER_MODULE,
        "                    enabled=True\n",
        "                    enabled=False\n",
        CART,
        says="has workload identity off",
    ),
    Broken(
        "account-identity",
        ACCOUNT_MODULE,
        '"azure.workload.identity/client-id": args.identity.client_id,',
        '"azure.workload.identity/client-id": args.identity.principal_id,',
        APP,
        "app",
        frozenset({"role-covers-requests"}),
        says="which no identity of the stack has",
    ),
    Broken(
        "credential-parent",
        IDENTITY_MODULE,
        "resource_name_=self.name,",
        'resource_name_="id-another",',
        FILES,
        "files",
        frozenset({"account-identity", "class-identity"}),
        says="belongs to no identity of the stack",
    ),
    Broken(
        "credential-parent",
        IDENTITY_MODULE,
        "resource_group_name=args.resource_group_name,\n                resource_name_=self.name,",
        'resource_group_name="rg-another",\n                resource_name_=self.name,',
        FILES,
        "files",
        says="is in resource group 'rg-another'",
    ),
    Broken(
        "workload-in-one-namespace",
        ACCOUNT_MODULE,
        "metadata=meta.v1.ObjectMetaArgs(**args.object_metadata(name)),",
        'metadata=meta.v1.ObjectMetaArgs(**args.object_metadata(name) | {"namespace": "default"}),',
        config("app", isolated=True),
        "app",
        frozenset({"isolated-pods-reach-what-they-need", "isolated-pods-are-reached-by-their-service"}),
        says="NetworkPolicy 'default/app' is not in namespace 'shop'",
    ),
    Broken(
        "account-tenant",
        ACCOUNT_MODULE,
        '"azure.workload.identity/tenant-id": args.identity.tenant_id,',
        '"azure.workload.identity/tenant-id": args.identity.client_id,',
        COPIED,
        "copied",
        says="ServiceAccount 'shop/copied' names tenant",
    ),
    Broken(
        "account-tenant",
        ACCOUNT_MODULE,
        '"azure.workload.identity/tenant-id": args.identity.tenant_id,',
        "",
        COPIED,
        "copied",
        says="names no tenant",
    ),
    Broken(
        "account-tenant",
        "components.workloads.techniques.csi_objects",
        '"tenantId": identity.tenant_id,',
        '"tenantId": identity.client_id,',
        FILES,
        "files",
        says="SecretProviderClass 'shop/files' names tenant",
    ),
    Broken(
        "pods-run-as-account",
        "components.workloads.pod_requirements",
        '"serviceAccountName": account.name,',
        '"serviceAccountName": "default",',
        APP,
        "app",
        says="'shop/default'",
    ),
    Broken(
        "pods-run-as-account",
        "components.workloads.pod_requirements",
        '"serviceAccountName": account.name,',
        "",
        ELSEWHERE,
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
    edit(monkeypatch, IDENTITY_MODULE, "CREDENTIALS_PER_IDENTITY = 20", "CREDENTIALS_PER_IDENTITY = 21")
    workload = {
        **APP["workloads"][0],
        "secrets": [{"name": "api-key", "from": "existing"}],
        "identity": "shared",
    }
    workloads = [{**workload, "name": f"app-{number}"} for number in range(21)]
    whole = {**APP, "identities": [{"name": "shared"}], "workloads": workloads}
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
