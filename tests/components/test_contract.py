"""Rules that hold for every component.

Operators and bundles are found by a walk; components of other folders are built in ``COMPONENTS``, and a test
fails if one is not.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pulumi
import pytest

from aks_secrets_testing.builds import Build, Registration, build, built_once
from components.cluster.aks_cluster import AksCluster
from components.cluster.base import Cluster, ExistingCluster
from components.identity.external_principal import ExternalPrincipal
from components.identity.workload_identity import WorkloadIdentity
from components.key_vault.private_endpoint import VaultZone, VaultZoneArgs
from components.key_vault.secrets import RandomValue, SeededSecret
from components.key_vault.vault import KeyVault
from components.network.virtual_network import NodeNetwork, NodeNetworkArgs, PeerNetwork
from components.workloads import WORKLOADS, Technique, Workload
from tests.support import samples
from tests.support.walk import component_classes

Sample = tuple[type[pulumi.ComponentResource], str, Callable[..., Any]]
"""Class, last part of the type token, and the function that makes one."""
_OPERATORS: dict[str, Sample] = {
    kind.__name__: (kind, kind.__name__, partial(samples.operator, kind)) for kind in samples.OPERATORS
}
_BUNDLES: dict[str, Sample] = {
    technique.value: (bundle, "Workload", partial(samples.workload, bundle=bundle))
    for technique, bundle in WORKLOADS.items()
}
COMPONENTS: dict[str, Sample] = {
    **_OPERATORS,
    **_BUNDLES,
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
}
_SECRET = SeededSecret(name="db-password", value=RandomValue())


def test_every_component_is_built_here() -> None:
    """A component that is in no entry would be in no test of this file."""
    built = {kind for kind, _, _ in COMPONENTS.values()}
    bases = {Workload, Cluster}
    assert {kind.__name__ for kind in set(component_classes("components")) - built - bases} == set()


@pytest.fixture(params=sorted(COMPONENTS))
def kind(request: pytest.FixtureRequest) -> str:
    """Key of a component, which the test itself builds."""
    return request.param


@built_once
def _built(kind: str, *, preview: bool = False) -> Build:
    return build(COMPONENTS[kind][2], preview=preview)


def _component(built: Build, kind: str) -> Registration:
    return built.single(COMPONENTS[kind][1])


def _children(built: Build, component: Registration) -> list[Registration]:
    return [resource for resource in built.resources if resource.parent == component.urn]


@pytest.mark.parametrize("preview", [False, True], ids=["known", "unknown"])
def test_a_component_builds_with_known_and_with_unknown_outputs(kind: str, preview: bool) -> None:
    built = _built(kind, preview=preview)
    assert _children(built, _component(built, kind))


def test_the_token_is_the_class(kind: str) -> None:
    built = _built(kind)
    assert _component(built, kind).type == f"aks-secrets:index:{COMPONENTS[kind][1]}"


def test_children_have_their_component_as_parent_and_prefix(kind: str) -> None:
    built = _built(kind)
    component = _component(built, kind)
    # A constant role follows a hyphen, a variable part follows a slash. Free names contain no slash, so two
    # never collide.
    prefixes = (f"{component.name}-", f"{component.name}/")
    assert [child.name for child in _children(built, component) if not child.name.startswith(prefixes)] == []


def test_children_inherit_neither_aliases_nor_dependencies_of_their_component(kind: str) -> None:
    """If ``opts`` were merged into children, each child would get the component's former name as alias."""

    def program() -> None:
        other = pulumi.ComponentResource("test:index:Other", "other")
        COMPONENTS[kind][2](pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")], depends_on=[other]))

    built = build(program)
    other = built.single("Other").urn
    for child in _children(built, _component(built, kind)):
        assert other not in child.dependencies
        assert [
            alias for alias in child.aliases if alias.spec.name == "old" or alias.urn.endswith("::old")
        ] == []


def test_registered_outputs_are_the_annotated_ones(kind: str) -> None:
    built = _built(kind)
    annotations: dict[str, Any] = {}
    for of in COMPONENTS[kind][0].__mro__:
        # A base class annotates the outputs of both kinds of a component.
        annotations |= vars(of).get("__annotations__", {}) if of.__module__.startswith("components.") else {}
    annotated = {
        name
        for name, annotation in annotations.items()
        if "Output" in str(annotation) and name != "kubeconfig"
    }
    assert set(built.registered_outputs[_component(built, kind).urn]) == annotated


@pytest.mark.parametrize("kind", [*(kind.__name__ for kind in samples.CHARTS), *_BUNDLES])
def test_every_kubernetes_object_names_its_provider(kind: str) -> None:
    """Without a provider, an object would go to the cluster of the current kubeconfig."""
    objects = [resource for resource in _built(kind).resources if resource.type.startswith("kubernetes:")]
    assert len(objects) >= 2
    assert [resource.name for resource in objects if "cluster-kubernetes" not in resource.provider] == []


def test_secret_inputs_are_marked() -> None:
    built = build(lambda: samples.vault(secrets=[_SECRET, SeededSecret(name="plain", value="canary-7f3a")]))
    assert [
        resource.name for resource in built.of_type("Secret") if not resource.is_secret("properties")
    ] == []
    assert build(samples.cluster).single("kubernetes").is_secret("kubeconfig")


def test_there_is_a_bundle_for_every_technique() -> None:
    assert set(WORKLOADS) == set(Technique)


@pytest.mark.parametrize("technique", list(Technique))
def test_every_bundle_has_the_one_type_token(technique: Technique) -> None:
    """A URN contains the parent's type: a token per technique would replace the workload when its technique
    changes.
    """
    built = build(lambda: samples.workload(bundle=WORKLOADS[technique]))
    assert built.single("ServiceAccount").urn.count("aks-secrets:index:Workload$") == 1
