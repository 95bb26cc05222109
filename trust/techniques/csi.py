"""Technique csi: the Secrets Store CSI driver mounts what a SecretProviderClass lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.delivered_secrets import mounted_files, synced
from trust.links import Link, State
from trust.nodes.azure import Cluster
from trust.nodes.delivery import SecretProviderClass, class_objects
from trust.nodes.fields import known, listed, mapping, text
from trust.operators import CSI_DRIVER, driver
from trust.readers import (
    THROUGH_THE_NODE,
    Reader,
    by_account,
    by_client_id,
    by_pod_identity,
    by_service_principal,
)
from trust.requests import (
    Contents,
    DeliveredSecret,
    Delivery,
    Named,
    Part,
    Request,
    Served,
    SignIn,
    Unchanging,
)
from trust.techniques import driver_classes
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

NAME: Final = "csi"
IS_FALLBACK: Final = False
OWN_NAMES: Final = ("-synced.",)
NODE_CHARTS: Final = (CSI_DRIVER,)
DRIVER: Final = "secrets-store.csi.k8s.io"
# https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/custom-environments/
CLOUDS: Final = (
    "AzurePublicCloud", "AzureUSGovernmentCloud", "AzureChinaCloud", "AzureGermanCloud", "AzureStackCloud",
)  # fmt: skip


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The objects of the classes that the pods mount; without pods, of the workload's own classes."""
    mounts = list(_mounts(chain, workload))
    if not mounts:
        return None
    requests: list[Request] = []
    readers: list[Reader] = []
    for provider_class, link, volume in mounts:
        reader = _reader(chain, workload, provider_class, volume)
        readers.append(reader)
        vault = chain.vault_name(provider_class.vault, provider_class.node)
        requests += [
            Request(
                vault,
                ask.kind,
                ask.name,
                (link,),
                reader,
                copied=ask.copied,
                lists_versions=ask.lists_versions,
            )
            for ask in provider_class.asks
            if ask.name != ""
        ]
    return Delivery(NAME, tuple(requests), tuple(readers))


def _mounts(
    chain: Chain, workload: Workload
) -> Iterator[tuple[SecretProviderClass, Link, Mapping[str, Any]]]:
    own = chain.own(driver_classes(chain), workload)
    for pods in workload.pods:
        for volume in pods.volumes:
            csi = mapping(volume.get("csi"))
            if csi.get("driver") != DRIVER:
                continue
            name = text(mapping(csi.get("volumeAttributes")).get("secretProviderClass"))
            provider_class = chain.find(
                chain.secret_provider_classes, workload.provider, workload.namespace, name
            ) or (own[0] if name is UNKNOWN and len(own) == 1 else None)
            if provider_class is not None:
                yield provider_class, _link(workload, provider_class, pods.node.urn), csi
    if not workload.pods:
        for provider_class in own:
            yield provider_class, _link(workload, provider_class, "", "external"), {}


def _link(workload: Workload, provider_class: SecretProviderClass, urn: str, state: State = "held") -> Link:
    """Pods of another tool mount the class, or not."""
    target = f"SecretProviderClass {provider_class.namespace}/{provider_class.name}"
    return Link("mount", f"pods of {workload.name}", target, urn or provider_class.node.urn, state)


def _reader(
    chain: Chain, workload: Workload, provider_class: SecretProviderClass, volume: Mapping[str, Any]
) -> Reader:
    """https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/"""
    urn = provider_class.node.urn
    if provider_class.uses_pod_identity:
        return by_pod_identity(chain, workload)
    if provider_class.uses_node_identity:
        client_id = provider_class.node_identity_client_id
        return by_client_id(chain, workload, client_id, THROUGH_THE_NODE, urn)
    if provider_class.client_id != "":
        is_bound = provider_class.uses_token_proxy is True
        return by_account(chain, workload, provider_class.client_id, is_bound=is_bound)
    secret = mapping(volume.get("nodePublishSecretRef")).get("name")
    return by_service_principal(chain, workload, known(text(secret)) or _own_secret(chain, workload))


def _own_secret(chain: Chain, workload: Workload) -> str:
    """The Secret of a workload whose pods another tool deploys; the driver watches those with this label."""
    return next(
        (
            known(secret.name)
            for secret in chain.own(chain.secrets, workload)
            if "secrets-store.csi.k8s.io/used" in secret.labels
        ),
        "",
    )


def secrets(chain: Chain) -> Iterator[DeliveredSecret]:
    """The Secrets that the driver fills while a pod mounts the class."""
    for provider_class in chain.secret_provider_classes:
        for entry in synced(provider_class):
            yield DeliveredSecret(
                provider_class.node.provider,
                provider_class.namespace,
                text(entry.get("secretName")),
                frozenset(str(mapping(item).get("key")) for item in listed(entry.get("data"))),
                provider_class,
                str(entry.get("type") or "Opaque"),
                mapping(entry.get("annotations")),
                # secrets-store-csi-driver#1288
                follows_running_pods=True,
            )


def contents(chain: Chain) -> Iterator[Contents]:
    """The vault objects in the Secrets that the driver fills: each key has the contents of a file."""
    for provider_class in chain.secret_provider_classes:
        files = _files(chain, provider_class)
        for entry in synced(provider_class):
            keys = {
                str(item.get("key")): files.get(str(item.get("objectName")), ())
                for item in map(mapping, listed(entry.get("data")))
            }
            secret = text(entry.get("secretName"))
            yield Contents(
                provider_class.node.provider,
                provider_class.namespace,
                secret,
                keys,
                is_refreshed=driver(chain, provider_class).rotates is True,
            )


def volumes(chain: Chain) -> Iterator[Contents]:
    """The vault objects in the files of the classes."""
    for provider_class in chain.secret_provider_classes:
        files = _files(chain, provider_class)
        yield Contents(provider_class.node.provider, provider_class.namespace, provider_class.name, files)


def _files(chain: Chain, provider_class: SecretProviderClass) -> dict[str, tuple[Part, ...]]:
    vault = chain.vault_name(provider_class.vault, provider_class.node)
    entries = class_objects(provider_class.parameters.get("objects"))
    return {
        name: (Part(vault, ask.kind, ask.name, version=str(entry.get("objectVersion") or "")),)
        for names, ask, entry in zip(
            mounted_files(provider_class) or (), provider_class.asks, entries, strict=False
        )
        for name in names
    }


def named(chain: Chain) -> Iterator[Named]:
    """The objects that the classes list."""
    for provider_class in chain.secret_provider_classes:
        entries = class_objects(provider_class.parameters.get("objects"))
        versions = [entry.get("objectVersion") for entry in entries]
        for place, ask in enumerate(provider_class.asks):
            version = versions[place] if place < len(versions) else ""
            yield Named(provider_class.node, ask, provider_class.vault, str(version or ""))


def served(chain: Chain) -> Iterator[Served]:
    """The classes, which the driver mounts."""
    yield Served(
        "csi_driver", chain.secret_provider_classes, lambda item: driver(chain, item).node is not None
    )


def sign_ins(chain: Chain) -> Iterator[SignIn]:
    """The cloud, the tenant and the client id that the classes name."""
    for provider_class in chain.secret_provider_classes:
        vault = chain.vault(provider_class.vault)
        yield SignIn(
            provider_class,
            vault.uri if vault else None,
            text(provider_class.parameters.get("cloudName"), CLOUDS[0]),
            provider_class.client_id,
            provider_class.tenant_id,
        )


def unchanging(chain: Chain) -> Iterator[Unchanging]:
    """The classes of a driver that does not rotate."""
    for provider_class in driver_classes(chain):
        if driver(chain, provider_class).rotates is False:
            problem = "is to be restarted when a mounted value changes, and rotation is off"
            yield Unchanging(provider_class, problem, "operators.csi_driver.rotation: true, or reload: false")


def node_principals(chain: Chain, cluster: Cluster) -> Iterator[Text]:
    """All of them, as soon as a class reads as an identity of the nodes."""
    if any(
        provider_class.uses_node_identity and chain.cluster_of(provider_class) == cluster
        for provider_class in chain.secret_provider_classes
    ):
        yield from cluster.node_principals
