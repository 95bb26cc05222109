"""Technique akv2k8s: the controller of akv2k8s copies the object of an AzureKeyVaultSecret, as itself.

https://github.com/SparebankenVest/azure-key-vault-to-kubernetes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from trust.chain import Chain
from trust.links import Link, State
from trust.nodes.delivery import Asked
from trust.nodes.fields import known, mapping, text
from trust.nodes.kubernetes import HelmRelease, KubernetesObject
from trust.nodes.objects import Objects
from trust.operators import release
from trust.readers import Reader, by_operator
from trust.requests import Contents, DeliveredSecret, Delivery, Named, Part, Request, Served, Unchanging
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

NAME: Final = "akv2k8s"
IS_FALLBACK: Final = False
OWN_NAMES: Final = ("-akv2k8s.", "-akv2k8s-")
CHART: Final = "akv2k8s"
KEY: Final = "akv2k8s"
"""Key of section ``operators``."""
_KINDS: Final = {"multi-key-value-secret": "secret"}
_KEYS_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    # HandleSecret in secret_handler.go, 1.8.4: `dataKey` does not matter
    "kubernetes.io/basic-auth": frozenset({"username", "password"}),
    "kubernetes.io/dockerconfigjson": frozenset({".dockerconfigjson"}),
    "kubernetes.io/dockercfg": frozenset({".dockercfg"}),
    "kubernetes.io/ssh-auth": frozenset({"ssh-privatekey"}),
    "kubernetes.io/tls": frozenset({"tls.crt", "tls.key"}),
}


@dataclass(frozen=True)
class AzureKeyVaultSecret(KubernetesObject):
    """An object of a vault, and the Kubernetes Secret that gets it."""

    @property
    def vault_name(self) -> Text:
        return text(mapping(self.spec.get("vault")).get("name"))

    @property
    def object(self) -> Mapping[str, Any]:
        """The part about the object in the vault."""
        return mapping(mapping(self.spec.get("vault")).get("object"))

    @property
    def kind_of_object(self) -> str:
        """``secret``, ``key`` or ``certificate``."""
        type_ = str(self.object.get("type"))
        return _KINDS.get(type_, type_)

    @property
    def asks(self) -> list[Asked]:
        """The objects that the controller reads. With its private key a certificate is read as a secret, too:
        GetCertificate in pkg/azure/keyvault/client/service.go.
        """
        name = text(self.object.get("name"))
        first = Asked(self.kind_of_object, name)
        exported = self.secret.get("type") in ("kubernetes.io/tls", "Opaque")
        return [first, Asked("secret", name)] if first.kind == "certificate" and exported else [first]

    @property
    def secret(self) -> Mapping[str, Any]:
        """The part about the Kubernetes Secret."""
        return mapping(mapping(self.spec.get("output")).get("secret"))

    @property
    def target(self) -> Text:
        """Name of the Kubernetes Secret."""
        return text(self.secret.get("name"))

    @property
    def type_of_secret(self) -> str:
        return str(self.secret.get("type") or "Opaque")

    @property
    def keys(self) -> frozenset[str] | None:
        """Keys of the Secret. None: they lie in the value."""
        if self.object.get("type") == "multi-key-value-secret" or self.node.input("spec") is UNKNOWN:
            return None
        by_type = _KEYS_OF_TYPE.get(self.type_of_secret)
        return by_type or frozenset({str(self.secret.get("dataKey") or "")})


SYNCED: Final = Objects("spv.no", AzureKeyVaultSecret)


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The objects whose Secrets the pods read, and those of the workload's own AzureKeyVaultSecrets."""
    synced = list(_synced(chain, workload))
    if not synced:
        return None
    reader = reader_of(chain, workload)
    requests = [
        Request(
            chain.vault_name(item.vault_name, item.node), ask.kind, ask.name, (link,), reader, copied=True
        )
        for item, link in synced
        for ask in item.asks
    ]
    return Delivery(NAME, tuple(requests), (reader,))


def reader_of(chain: Chain, workload: Workload) -> Reader:
    """The controller of the workload's cluster, which reads as itself."""
    installed = release(chain, CHART, workload.provider)
    account = _account(installed) if installed else {}
    return by_operator(chain, workload, installed, key=KEY, account=account)


def _account(installed: HelmRelease) -> Mapping[str, Any]:
    """`controller.serviceAccountName` in templates/_helpers.tpl of the chart."""
    of_values = mapping(mapping(installed.values.get("controller")).get("serviceAccount"))
    return {"name": f"{installed.name}-controller", **of_values}


def operator_accounts(chain: Chain) -> Iterator[tuple[Text, Text]]:
    """The ServiceAccount of the controller."""
    for installed in chain.releases:
        if known(installed.chart).rsplit("/", 1)[-1] == CHART:
            yield installed.namespace, text(_account(installed).get("name"))


def _synced(chain: Chain, workload: Workload) -> Iterator[tuple[AzureKeyVaultSecret, Link]]:
    used = {known(name) for pods in workload.pods for name, _ in pods.secret_keys}
    own = {item.node.urn: item for item in chain.own(SYNCED.of(chain), workload)}
    near = {item.node.urn: item for item in chain.near(SYNCED.of(chain), workload)}
    for urn, item in {**own, **near}.items():
        is_used = urn in near and known(item.target) in used
        if urn in own or is_used:
            state: State = "external" if not workload.pods else "held"
            what = "read" if is_used or not workload.pods else "may read"
            yield item, Link(what, f"pods of {workload.name}", f"Secret {item.target}", urn, state)


def secrets(chain: Chain) -> Iterator[DeliveredSecret]:
    """The Secrets of the AzureKeyVaultSecrets, with their annotations."""
    for item in SYNCED.of(chain):
        yield DeliveredSecret(
            item.node.provider,
            item.namespace,
            item.target,
            item.keys,
            item,
            item.type_of_secret,
            mapping(mapping(item.node.input("metadata")).get("annotations")),
        )


def contents(chain: Chain) -> Iterator[Contents]:
    """The vault objects in these Secrets."""
    for item in SYNCED.of(chain):
        ask, version = item.asks[-1], str(item.object.get("version") or "")
        part = Part(chain.vault_name(item.vault_name, item.node), ask.kind, ask.name, version=version)
        keys = dict.fromkeys(item.keys or ("",), (part,))
        yield Contents(
            item.node.provider, item.namespace, item.target, keys, is_refreshed=_polls(chain, item)
        )


def named(chain: Chain) -> Iterator[Named]:
    """The vault objects that AzureKeyVaultSecrets name."""
    for item in SYNCED.of(chain):
        vault = chain.vault_name(item.vault_name, item.node)
        for ask in item.asks:
            yield Named(item.node, ask, vault, str(item.object.get("version") or ""))


def served(chain: Chain) -> Iterator[Served]:
    """The AzureKeyVaultSecrets."""
    yield Served(
        KEY,
        [*SYNCED.of(chain)],
        lambda item: release(chain, CHART, item.node.provider) is not None,
    )


def unchanging(chain: Chain) -> Iterator[Unchanging]:
    """The AzureKeyVaultSecrets of a controller that never reads again."""
    for item in SYNCED.of(chain):
        if not _polls(chain, item):
            problem = "is to be restarted when a value changes, and akv2k8s reads no vault again"
            yield Unchanging(item, problem, "operators.akv2k8s.resync_period: 30s, or reload: false")


def _polls(chain: Chain, item: KubernetesObject) -> bool:
    installed = release(chain, CHART, item.node.provider)
    return installed is None or resync_seconds(installed) != 0


def resync_seconds(installed: HelmRelease) -> int | None:
    """Seconds between two reads of the vault (values.yaml of the chart). None: unknown."""
    period = installed.values.get("azureKeyVaultResyncPeriod", 30)
    return int(period) if isinstance(period, int | float) else None


def read_again(chain: Chain, workload: Workload) -> str:
    """The command that makes the controller read all objects: it does so when it starts."""
    installed = release(chain, CHART, workload.provider)
    name = known(installed.name) if installed else CHART
    namespace = known(installed.namespace) if installed else CHART
    return f"kubectl rollout restart deployment/{name}-controller --namespace {namespace}"


def is_operator(chain: Chain, subject: Mapping[str, Any]) -> bool:
    """Whether the subject of a binding is the controller, which delivers the objects anyway."""
    namespaces = {
        installed.namespace
        for installed in chain.releases
        if known(installed.chart).rsplit("/", 1)[-1] == CHART
    }
    if namespaces:
        return subject.get("namespace") in namespaces
    return str(subject.get("name")).startswith(CHART)  # it is of another stack
