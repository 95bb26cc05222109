"""The links of the chain as typed nodes, and how they are joined."""

import pytest

from tests.trust.recording import recorded
from trust import UNKNOWN, Graph, Node, read_preview, read_rehearsal, read_state
from trust.chain import Chain
from trust.nodes.azure import CLUSTER


@pytest.fixture(scope="module", name="before")
def before_fixture() -> Chain:
    return Chain.read(read_rehearsal(recorded("rehearsal_before")))


def test_a_cluster_tells_its_issuer_and_switches(before: Chain) -> None:
    (cluster,) = before.clusters
    assert str(cluster.issuer).startswith("https://westeurope.oic.prod-aks.azure.com/")
    assert str(cluster.issuer).endswith("/")
    switches = (cluster.oidc_enabled, cluster.workload_identity_enabled, cluster.csi_addon)
    assert switches == (True, True, True)
    assert cluster.rotation_poll_interval == ""
    shared = (cluster.csi_addon_client_id, cluster.csi_addon_principal_id)
    assert len({*shared, cluster.kubelet_client_id, cluster.kubelet_principal_id}) == 4
    assert (cluster.secret_rotation, cluster.local_accounts_disabled) == (False, False)


def test_a_vault_tells_its_locks(before: Chain) -> None:
    (vault,) = before.vaults
    assert (vault.rbac, vault.purge_protection, vault.soft_delete_days) == (True, False, 7)
    assert (vault.public_access, vault.default_action, vault.protect) == (True, "Allow", True)
    assert before.vault(str(vault.name).upper()) is vault
    assert before.vault("another") is before.vault(UNKNOWN) is None


def test_a_credential_leads_to_its_identity_and_the_identity_to_its_roles(before: Chain) -> None:
    (credential,) = [entry for entry in before.credentials if entry.node.name == "orders/orders/orders"]
    assert credential.service_account == ("orders", "orders")
    assert credential.audiences == ("api://AzureADTokenExchange",)
    identity = before.identity_of(credential)
    assert identity
    assert identity is before.identity_by_client_id(identity.client_id)
    assert identity is before.identity_by_principal_id(identity.principal_id)
    assert before.credentials_of(identity) == [credential]
    assert {role.principal_type for role in before.roles_of(identity)} == {"ServicePrincipal"}
    assert {str(role.scope).rsplit("/", 1)[-1] for role in before.roles_of(identity)} == {
        "orders-db-password",
        "payment-api-key",
    }


def test_a_workload_has_its_account_and_pods(before: Chain) -> None:
    orders, worker = sorted(before.workloads, key=lambda workload: workload.name)
    assert (orders.name, orders.namespace, orders.service_account_name) == ("orders", "orders", "orders")
    assert orders.pods == ()
    (pods,) = worker.pods
    assert (pods.kind, pods.service_account, pods.has_token_label) == ("Deployment", "worker", False)
    assert pods.selector == {"app.kubernetes.io/name": "worker"}
    assert before.cluster_of(worker) is before.clusters[0]
    (provider_class,) = before.secret_provider_classes
    assert before.workload_of(provider_class.node) is worker
    assert [(ask.kind, ask.name, ask.vault) for ask in provider_class.asks] == [
        ("secret", "orders-db-password", before.vaults[0].name)
    ]
    assert worker.service_account
    assert worker.service_account.client_id == provider_class.client_id


@pytest.mark.parametrize("name", ["preview_same", "preview_new"])
def test_a_preview_has_the_same_links(before: Chain, name: str) -> None:
    chain = Chain.read(read_preview(recorded(name)))
    assert {workload.name for workload in chain.workloads} == {"orders", "worker"}
    for workload in chain.workloads:
        assert chain.cluster_of(workload) is chain.clusters[0]
    for credential in chain.credentials:
        identity = chain.identity_of(credential)
        (same,) = [entry for entry in before.credentials if entry.node.urn == credential.node.urn]
        expected = before.identity_of(same)
        assert identity
        assert expected
        assert identity.node.urn == expected.node.urn
        assert {role.node.urn for role in chain.roles_of(identity)} == {
            role.node.urn for role in before.roles_of(expected)
        }


def test_a_state_has_the_same_links(before: Chain) -> None:
    chain = Chain.read(read_state(recorded("state_before")))
    for name in ("workloads", "credentials", "role_assignments", "vault_objects", "pod_owners", "releases"):
        urns = {entry.node.urn for entry in getattr(chain, name)}
        assert urns == {entry.node.urn for entry in getattr(before, name)}, name


def test_of_several_clusters_each_object_is_in_the_one_that_its_provider_names() -> None:
    def cluster(name: str) -> Node:
        return Node(
            urn=f"u::p::{CLUSTER}::{name}",
            type=CLUSTER,
            name=name,
            id=f"/clusters/{name}",
            inputs={"resourceName": name, "oidcIssuerProfile": {"enabled": True}},
            outputs={"oidcIssuerProfile": {"issuerURL": f"https://{name}/"}},
        )

    def provider(name: str, identifier: object, *dependencies: str) -> Node:
        token = "pulumi:providers:kubernetes"
        inputs = {"clusterIdentifier": identifier}
        urn = f"u::p::{token}::{name}"
        return Node(urn=urn, type=token, name=name, inputs=inputs, dependencies=dependencies)

    def pods(name: str) -> Node:
        return Node(
            urn=f"u::p::kubernetes:apps/v1:Deployment::{name}",
            type="kubernetes:apps/v1:Deployment",
            name=name,
            provider=f"u::p::pulumi:providers:kubernetes::{name}",
            inputs={"metadata": {"name": name, "namespace": "shop"}},
        )

    east, west = cluster("east"), cluster("west")
    providers = [
        provider("by-id", "/CLUSTERS/west"),
        provider("by-dependency", UNKNOWN, east.urn),
        provider("elsewhere", "/clusters/other"),
        provider("unknown", UNKNOWN),
    ]
    owners = [pods(item.name) for item in providers]
    chain = Chain.read(Graph([east, west, *providers, *owners], "build"))
    clusters = {workload.name: chain.cluster_of(workload) for workload in chain.workloads}
    assert {name: cluster and cluster.name for name, cluster in clusters.items()} == {
        "by-id": "west",
        "by-dependency": "east",
        "elsewhere": None,
        "unknown": None,
    }
