"""What holds for every component, whatever it makes."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.cluster.aks_cluster import AksCluster
from components.cluster.base import ExistingCluster
from components.identity.external_principal import ExternalPrincipal
from components.identity.workload_identity import WorkloadIdentity
from components.key_vault.private_endpoint import VaultZone, VaultZoneArgs
from components.key_vault.secrets import RandomValue, SeededSecret
from components.key_vault.vault import KeyVault
from components.network.virtual_network import NodeNetwork, NodeNetworkArgs, PeerNetwork
from components.operators.csi_driver import CsiDriver, CsiDriverArgs
from components.operators.dapr import Dapr, DaprArgs, DaprExtension
from components.operators.external_secrets import ExternalSecrets, ExternalSecretsArgs
from components.operators.reloader import Reloader, ReloaderArgs
from components.workloads import WORKLOADS, Technique, Workload
from tests.support import samples
from tests.support.harness import Build, Registration, build, built_once

COMPONENTS: dict[str, tuple[type[pulumi.ComponentResource], str, Callable[..., Any]]] = {
    "cluster": (AksCluster, "AksCluster", samples.cluster),
    "adopted-cluster": (ExistingCluster, "AksCluster", samples.adopted_cluster),
    "network": (
        NodeNetwork,
        "NodeNetwork",
        lambda opts=None: NodeNetwork(
            "network",
            NodeNetworkArgs(
                resource_group_name=samples.GROUP,
                network_name="vnet-shop",
                address_space="10.10.0.0/16",
                nodes="10.10.0.0/22",
                private_endpoints="10.10.4.0/27",
                peer=PeerNetwork(network_id=samples.SUBNET.rsplit("/subnets/", 1)[0]),
            ),
            opts,
        ),
    ),
    "vault-zone": (
        VaultZone,
        "VaultZone",
        lambda opts=None: VaultZone(
            "vault-zone", VaultZoneArgs(resource_group_name="rg", networks={"vnet": samples.SUBNET}), opts
        ),
    ),
    "vault": (
        KeyVault,
        "KeyVault",
        lambda opts=None: samples.vault(opts, secrets=[_SECRET], officers=[samples.ADA]),
    ),
    "watched-vault": (
        KeyVault,
        "KeyVault",
        lambda opts=None: samples.vault(opts, secrets=[_SECRET], alerts=samples.ALERTS),
    ),
    "adopted-vault": (
        KeyVault,
        "KeyVault",
        lambda opts=None: samples.vault(opts, existing_id=samples.VAULT, secrets=[_SECRET]),
    ),
    "identity": (WorkloadIdentity, "WorkloadIdentity", samples.identity),
    "borrowed": (ExternalPrincipal, "BorrowedIdentity", samples.borrowed),
    "workload": (Workload, "Workload", samples.workload),
    "csi-driver": (
        CsiDriver,
        "CsiDriver",
        lambda opts=None: samples.in_cluster(CsiDriver, CsiDriverArgs(), opts),
    ),
    "external-secrets": (
        ExternalSecrets,
        "ExternalSecrets",
        lambda opts=None: samples.in_cluster(ExternalSecrets, ExternalSecretsArgs(), opts),
    ),
    "dapr": (Dapr, "Dapr", lambda opts=None: samples.in_cluster(Dapr, DaprArgs(), opts)),
    "dapr-extension": (DaprExtension, "DaprExtension", samples.dapr_extension),
    "reloader": (
        Reloader,
        "Reloader",
        lambda opts=None: samples.in_cluster(Reloader, ReloaderArgs(namespaces=["shop"]), opts),
    ),
}
_SECRET = SeededSecret(name="db-password", value=RandomValue())


@pytest.fixture(params=sorted(COMPONENTS))
def kind(request: pytest.FixtureRequest) -> str:
    """Which component; it is built in the test itself."""
    return request.param


@built_once
def _built(kind: str, *, preview: bool = False) -> Build:
    return build(COMPONENTS[kind][2], preview=preview)


def _component(built: Build, kind: str) -> Registration:
    return built.one(COMPONENTS[kind][1])


def _children(built: Build, component: Registration) -> list[Registration]:
    return [found for found in built.resources if found.parent == component.urn]


@pytest.mark.parametrize("preview", [False, True], ids=["known", "unknown"])
def test_a_component_builds_with_known_and_with_unknown_outputs(kind: str, preview: bool) -> None:
    built = _built(kind, preview=preview)
    assert _children(built, _component(built, kind))


def test_the_token_is_the_class(kind: str) -> None:
    built = _built(kind)
    assert _component(built, kind).type == f"aks-secrets:index:{COMPONENTS[kind][1]}"


def test_children_stand_below_their_component_and_bear_its_name(kind: str) -> None:
    built = _built(kind)
    component = _component(built, kind)
    # A constant role stands behind a hyphen, what varies behind a slash: no free name can hold one, so no two
    # can meet.
    bears = (f"{component.name}-", f"{component.name}/")
    assert [child.name for child in _children(built, component) if not child.name.startswith(bears)] == []


def test_children_take_neither_the_old_name_nor_the_dependencies_of_their_component(kind: str) -> None:
    """``opts`` merged into children would make each claim to be the component under its old name."""

    def program() -> None:
        other = pulumi.ComponentResource("test:index:Other", "other")
        COMPONENTS[kind][2](pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")], depends_on=[other]))

    built = build(program)
    other = built.one("Other").urn
    for child in _children(built, _component(built, kind)):
        assert other not in child.dependencies
        assert [
            alias for alias in child.aliases if alias.spec.name == "old" or alias.urn.endswith("::old")
        ] == []


def test_registered_outputs_are_the_annotated_ones(kind: str) -> None:
    built = _built(kind)
    said: dict[str, Any] = {}
    for of in COMPONENTS[kind][0].__mro__:
        # A base class says what both kinds of a component tell.
        said |= vars(of).get("__annotations__", {}) if of.__module__.startswith("components.") else {}
    annotated = {
        name for name, annotation in said.items() if "Output" in str(annotation) and name != "kubeconfig"
    }
    assert set(built.registered_outputs[_component(built, kind).urn]) == annotated


@pytest.mark.parametrize("kind", ["workload", "csi-driver", "external-secrets", "dapr", "reloader"])
def test_every_kubernetes_object_names_its_provider(kind: str) -> None:
    """One that did not would land on whatever cluster the kubeconfig at hand points to."""
    objects = [found for found in _built(kind).resources if found.type.startswith("kubernetes:")]
    assert len(objects) >= 2
    assert [found.name for found in objects if "cluster-kubernetes" not in found.provider] == []


def test_secret_inputs_are_marked() -> None:
    built = build(lambda: samples.vault(secrets=[_SECRET, SeededSecret(name="plain", value="canary-7f3a")]))
    assert [found.name for found in built.of_type("Secret") if not found.is_secret("properties")] == []
    assert build(samples.cluster).one("kubernetes").is_secret("kubeconfig")


def test_there_is_a_bundle_for_every_technique() -> None:
    assert set(WORKLOADS) == set(Technique)


@pytest.mark.parametrize("technique", list(Technique))
def test_every_bundle_has_the_one_type_token(technique: Technique) -> None:
    """URNs hold the parent's type: a token per technique would replace the workload when its technique
    changes.
    """
    built = build(lambda: samples.workload(bundle=WORKLOADS[technique]))
    assert built.one("ServiceAccount").urn.count("aks-secrets:index:Workload$") == 1
