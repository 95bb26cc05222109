"""Technique secret-sync: the Secrets Store Sync Controller copies what a SecretSync's class lists.

https://github.com/kubernetes-sigs/secrets-store-sync-controller
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from trust.chain import Chain
from trust.durations import seconds
from trust.links import Link, State
from trust.nodes.delivery import SecretProviderClass
from trust.nodes.fields import known, listed, mapping, text
from trust.nodes.kubernetes import HelmRelease, KubernetesObject
from trust.nodes.objects import Objects
from trust.operators import release
from trust.readers import THROUGH_THE_NODE, Reader, by_account, by_client_id
from trust.requests import DeliveredSecret, Delivery, Request, Served, TokenRight, Unchanging
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

NAME: Final = "secret-sync"
IS_FALLBACK: Final = False
OWN_NAMES: Final = ("-sync.", "-sync-")
CHART: Final = "secrets-store-sync-controller"
NODE_CHARTS: Final = (CHART,)


@dataclass(frozen=True)
class SecretSync(KubernetesObject):
    """The objects that the controller copies from a SecretProviderClass into the Secret of the same name."""

    @property
    def class_name(self) -> Text:
        return text(self.spec.get("secretProviderClassName"))

    @property
    def service_account_name(self) -> Text:
        return text(self.spec.get("serviceAccountName"))

    @property
    def secret(self) -> Mapping[str, Any]:
        """The part about the Secret."""
        return mapping(self.node.input("spec.secretObject"))

    @property
    def data(self) -> list[Mapping[str, Any]]:
        """Each key with the file of the class that fills it."""
        return [mapping(entry) for entry in listed(self.secret.get("data"))]


SYNCS: Final = Objects("secret-sync.x-k8s.io", SecretSync)


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The objects of the classes whose Secrets the pods read, and of the workload's own SecretSyncs."""
    requests: list[Request] = []
    readers: dict[str, Reader] = {}
    for sync, link in _syncs(chain, workload):
        provider_class = class_of(chain, sync)
        label, target = f"SecretSync {sync.namespace}/{sync.name}", f"SecretProviderClass {sync.class_name}"
        state: State = "held" if provider_class else "unknown" if sync.class_name is UNKNOWN else "missing"
        through = Link("reads through", label, target, sync.node.urn, state)
        if provider_class is None:
            reader = Reader(None)
            requests.append(Request(UNKNOWN, "secret", UNKNOWN, (link, through), reader, copied=True))
        else:
            reader = _reader(chain, workload, sync, provider_class)
            vault = chain.vault_name(provider_class.vault, provider_class.node)
            requests += [
                Request(vault, ask.kind, ask.name, (link, through), reader, copied=True)
                for ask in provider_class.asks
            ]
        readers[sync.node.urn] = reader
    return Delivery(NAME, tuple(requests), tuple(readers.values())) if readers else None


def _syncs(chain: Chain, workload: Workload) -> Iterator[tuple[SecretSync, Link]]:
    used = {known(name) for pods in workload.pods for name, _ in pods.secret_keys}
    own = {sync.node.urn: sync for sync in chain.own(SYNCS.of(chain), workload)}
    near = {sync.node.urn: sync for sync in chain.near(SYNCS.of(chain), workload)}
    for urn, sync in {**own, **near}.items():
        is_used = urn in near and known(sync.name) in used
        if urn in own or is_used:
            state: State = "external" if not workload.pods else "held"
            what = "read" if is_used or not workload.pods else "may read"
            yield sync, Link(what, f"pods of {workload.name}", f"Secret {sync.name}", urn, state)


def class_of(chain: Chain, sync: SecretSync) -> SecretProviderClass | None:
    """The SecretProviderClass that a SecretSync names, in its own namespace."""
    return chain.find(chain.secret_provider_classes, sync.node.provider, sync.namespace, sync.class_name)


def _reader(
    chain: Chain, workload: Workload, sync: SecretSync, provider_class: SecretProviderClass
) -> Reader:
    """The controller requests a token of the ServiceAccount that the SecretSync names."""
    if provider_class.uses_node_identity:
        client_id, urn = provider_class.node_identity_client_id, provider_class.node.urn
        return by_client_id(chain, workload, client_id, THROUGH_THE_NODE, urn)
    place = (sync.namespace, sync.service_account_name)
    account = next(
        (
            other
            for other in chain.workloads
            if other.provider == sync.node.provider and (other.namespace, other.service_account_name) == place
        ),
        workload,
    )
    return by_account(chain, account, provider_class.client_id)


def secrets(chain: Chain) -> Iterator[DeliveredSecret]:
    """The Secrets of the SecretSyncs."""
    for sync in SYNCS.of(chain):
        is_unknown = sync.secret.get("data") is UNKNOWN or sync.node.input("spec") is UNKNOWN
        yield DeliveredSecret(
            sync.node.provider,
            sync.namespace,
            sync.name,
            None if is_unknown else frozenset(str(entry.get("targetKey")) for entry in sync.data),
            sync,
            str(sync.secret.get("type") or "Opaque"),
            mapping(sync.secret.get("annotations")),
        )


def read_classes(chain: Chain) -> Iterator[SecretProviderClass]:
    """The classes that SecretSyncs name."""
    for sync in SYNCS.of(chain):
        if provider_class := class_of(chain, sync):
            yield provider_class


def served(chain: Chain) -> Iterator[Served]:
    """The SecretSyncs, and the classes that they name."""
    yield Served(
        "sync_controller",
        [*SYNCS.of(chain), *read_classes(chain)],
        lambda item: release(chain, CHART, item.node.provider) is not None,
    )


def unchanging(chain: Chain) -> Iterator[Unchanging]:
    """The SecretSyncs of a controller that does not poll."""
    for sync in SYNCS.of(chain):
        installed = release(chain, CHART, sync.node.provider)
        interval = poll_interval(installed) if installed else UNKNOWN
        if interval is not UNKNOWN and not seconds(str(interval)):
            problem = "is to be restarted when a value changes, and the Sync Controller polls no vault"
            yield Unchanging(sync, problem, "operators.sync_controller.poll_interval: 1h, or reload: false")


def poll_interval(installed: HelmRelease) -> Text:
    """Time between two reads of the vault (values.yaml of the chart)."""
    return text(installed.values.get("rotationPollInterval"), "12h")


def read_again(chain: Chain, workload: Workload) -> str:
    """The command that makes the controller read all SecretSyncs: it does so when it starts. Another value of
    ``forceSynchronization`` would be one that Pulumi manages.
    """
    installed = release(chain, CHART, workload.provider)
    namespace = known(installed.namespace) if installed else "secrets-store-sync"
    return f"kubectl rollout restart deployment/{CHART}-manager --namespace {namespace}"


def token_rights(chain: Chain) -> Iterator[TokenRight]:
    """The right that the chart's ClusterRole gives (templates/secrets-store-sync-controller.yaml)."""
    for installed in chain.releases:
        if _is_operator(installed):
            why = "its chart lets it request tokens for Entra of every ServiceAccount (serviceaccounts/token)"
            yield TokenRight(installed, "", why)


def is_operator(chain: Chain, subject: Mapping[str, Any]) -> bool:
    """Whether the subject of a binding is the controller, which delivers the objects anyway."""
    namespaces = {installed.namespace for installed in chain.releases if _is_operator(installed)}
    if namespaces:
        return subject.get("namespace") in namespaces
    return str(subject.get("name")).startswith(CHART)  # it is of another stack


def _is_operator(installed: HelmRelease) -> bool:
    return known(installed.chart).rsplit("/", 1)[-1] == CHART
