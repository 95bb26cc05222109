"""Rules for the keys of a workload that are fields of the pod's spec."""

from collections.abc import Iterator
from ipaddress import ip_address

from components.workloads.pod import OperatingSystem, TolerationOperator, WorkloadKind
from stacks.settings.model.delivery import KubernetesSecretType
from stacks.settings.model.node_pools import SystemPoolSettings, UserPoolSettings
from stacks.settings.model.pod_spec import HostAliasSettings, PodSpecSettings, TolerationSettings
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.overrides_shape import template_path, violation_of
from stacks.settings.types.kubernetes_types import findings
from stacks.settings.types.manifests import value_at
from stacks.settings.validation.registry import Violation, rule

_SCHEDULING = "https://kubernetes.io/docs/concepts/scheduling-eviction"
_OS = "kubernetes.io/os"
_OF_NODES = ("kubernetes.io/", "k8s.io/", "kubernetes.azure.com/")
_SPOT = ("kubernetes.azure.com/scalesetpriority", "spot", "NoSchedule")


@rule("toleration-form", TolerationSettings, source=f"{_SCHEDULING}/taint-and-toleration/#concepts")
def tolerations_have_a_valid_form(toleration: TolerationSettings) -> Iterator[Violation]:
    """Kubernetes refuses a value beside Exists, Equal without a key, and seconds without NoExecute."""
    exists = toleration.operator is TolerationOperator.EXISTS
    if exists and toleration.value:
        yield Violation(("value",), "has no effect with operator: Exists", "remove it", remove=True)
    if toleration.key is None and not exists:
        yield Violation(
            ("operator",),
            "'Equal' needs a key: without one the toleration is for every taint",
            "set the key, or operator: Exists",
            TolerationOperator.EXISTS,
        )
    if toleration.toleration_seconds is not None and toleration.effect != "NoExecute":
        yield Violation(
            ("toleration_seconds",),
            "needs effect: NoExecute: another effect evicts no pods",
            "set the effect, or remove it",
            remove=True,
        )


@rule(
    "host-alias-form",
    HostAliasSettings,
    source="https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/",
)
def host_aliases_have_an_address_and_names(alias: HostAliasSettings) -> Iterator[Violation]:
    """A line of /etc/hosts has an address and at least one name."""
    try:
        is_address = "%" not in str(ip_address(alias.ip))  # the API server takes no zone of an IPv6 address
    except ValueError:
        is_address = False
    if not is_address:
        yield Violation(("ip",), "is not an IP address", "write an IPv4 or IPv6 address")
    if not alias.hostnames:
        yield Violation(("hostnames",), "empty", "list the names that lead to the address")


@rule(
    "host-alias-once",
    PodSpecSettings,
    source="https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy;"
    " hostAliases is a map by ip",
)
def host_aliases_have_different_addresses(pod: PodSpecSettings) -> Iterator[Violation]:
    """Server-side apply refuses two entries of a list with one key."""
    seen: set[str] = set()
    for index, alias in enumerate(pod.host_aliases):
        if alias.ip in seen:
            path = ("host_aliases", index, "ip")
            yield Violation(path, "another entry has this address", "list all hostnames in one entry")
        seen.add(alias.ip)


@rule(
    "node-selector-keeps-the-system", PodSpecSettings, source=f"{_SCHEDULING}/assign-pod-node/#nodeselector"
)
def node_selectors_leave_the_operating_system(pod: PodSpecSettings) -> Iterator[Violation]:
    """The key ``os`` selects the nodes' operating system, and other parts of the pod depend on it."""
    if _OS in pod.node_selector:
        yield Violation(("node_selector", _OS), "is set by the key os", "remove it, and set os", remove=True)


@rule(
    "node-selector-has-nodes",
    Settings,
    source=f"{_SCHEDULING}/assign-pod-node/#nodeselector; {_SCHEDULING}/taint-and-toleration/",
)
def node_selectors_have_nodes(settings: Settings) -> Iterator[Violation]:
    """The pods would wait forever. The pools of a cluster of another stack are not in the settings."""
    pool = settings.cluster.system_pool
    if settings.composition is Composition.WORKLOADS or settings.cluster.existing or pool is None:
        return
    pools = [pool, *settings.cluster.user_pools]
    for index, workload in enumerate(settings.workloads):
        template = (*template_path(workload.kind), "spec")
        moved = any(
            value_at(workload.overrides, (*template, field)) is not None
            for field in ("nodeSelector", "tolerations", "affinity")
        )
        if not workload.node_selector or moved:
            continue
        matching = [pool for pool in pools if _is_selected(pool, workload)]
        repelling = [_not_tolerated(pool, workload) for pool in matching]
        if not matching:
            yield Violation(
                ("workloads", index, "node_selector"),
                "no node pool of the cluster has these labels, so the pods would wait forever",
                "add them to the labels of a pool in cluster.user_pools, or select one by agentpool: <name>",
            )
        elif all(repelling):
            yield Violation(
                ("workloads", index, "tolerations"),
                f"node pool {matching[0].name!r}, which node_selector selects, has taint {repelling[0]!r},"
                " which the pods do not tolerate",
                "add a toleration of the taint",
            )


def _is_selected(pool: SystemPoolSettings | UserPoolSettings, workload: WorkloadSettings) -> bool:
    mode = "system" if isinstance(pool, SystemPoolSettings) else "user"
    labels = {
        **pool.labels,
        "agentpool": pool.name,
        "kubernetes.azure.com/agentpool": pool.name,
        "kubernetes.azure.com/mode": mode,
    }
    is_windows = pool.os_sku.startswith("Windows")
    if is_windows is not (workload.os is OperatingSystem.WINDOWS):
        return False
    return all(
        labels.get(key) == value
        for key, value in workload.node_selector.items()
        # Other labels of these owners are on nodes, and not in the settings.
        if key in labels or not any(owner in key for owner in _OF_NODES)
    )


def _not_tolerated(pool: SystemPoolSettings | UserPoolSettings, workload: WorkloadSettings) -> str | None:
    """The first taint that keeps the pods away. None: they tolerate all."""
    for key, value, effect in _taints(pool):
        if effect == "PreferNoSchedule":
            continue
        if not any(_tolerates(toleration, key, value, effect) for toleration in workload.tolerations):
            return f"{key}={value}:{effect}" if value else f"{key}:{effect}"
    return None


def _taints(pool: SystemPoolSettings | UserPoolSettings) -> Iterator[tuple[str, str, str]]:
    if isinstance(pool, SystemPoolSettings):
        return
    for taint in pool.taints:
        label, _, effect = taint.rpartition(":")
        key, _, value = label.partition("=")
        yield key, value, effect
    if pool.spot:
        yield _SPOT


def _tolerates(toleration: TolerationSettings, key: str, value: str, effect: str) -> bool:
    if toleration.effect not in (None, effect) or toleration.key not in (None, key):
        return False
    return toleration.operator is TolerationOperator.EXISTS or (toleration.value or "") == value


@rule(
    "affinity-form",
    WorkloadSettings,
    source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#affinity-v1-core",
)
def affinities_have_the_keys_of_kubernetes(workload: WorkloadSettings) -> Iterator[Violation]:
    """The provider drops a key that Kubernetes does not have, and refuses a value of another type."""
    for finding in findings(WorkloadKind.POD, {"spec": {"affinity": workload.affinity}}):
        yield violation_of(WorkloadKind.POD, finding, finding.path[1:])


_FIELDS = {
    "priority_class": ("priorityClassName",),
    "image_pull_secrets": ("imagePullSecrets",),
    "tolerations": ("tolerations",),
    "host_aliases": ("hostAliases",),
    "fs_group": ("securityContext", "fsGroup"),
}
"""Key → the field of the pod's spec that overrides would replace."""


@rule("override-of-a-key", WorkloadSettings, source="our own choice: of two values one would be lost")
def overrides_replace_no_key(workload: WorkloadSettings) -> Iterator[Violation]:
    """A strategic merge replaces a value and a list; the key would have no effect."""
    template = (*template_path(workload.kind), "spec")
    for key, field in _FIELDS.items():
        is_set = getattr(workload, key) not in (None, ())
        if is_set and value_at(workload.overrides, (*template, *field)) is not None:
            yield Violation(
                ("overrides", *template, *field),
                f"replaces the key {key} of the workload",
                "remove one of them",
                remove=True,
            )


@rule(
    "pull-secret-type",
    Settings,
    source="https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/",
)
def pull_secrets_have_their_type(settings: Settings) -> Iterator[Violation]:
    """The kubelet reads only the key .dockerconfigjson, or .dockercfg, of a pull secret."""
    types = {
        (workload.namespace, ref.secret): ref.type
        for workload in settings.workloads
        for _, value in workload.delivered_values
        if workload.uses_kubernetes_secret(value)
        for ref in (workload.secret_key_ref(value),)
    }
    required = KubernetesSecretType.DOCKER_CONFIG_JSON.value
    for index, workload in enumerate(settings.workloads):
        for position, name in enumerate(workload.image_pull_secrets):
            here = ("workloads", index, "image_pull_secrets", position)
            if name in workload.image_pull_secrets[:position]:
                yield Violation(here, "is listed twice", "list it once", remove=True)
            elif types.get((workload.namespace, name), required) != required:
                yield Violation(
                    here,
                    f"is a Kubernetes Secret of another type, {types[workload.namespace, name]}, in which the"
                    " kubelet finds no credentials",
                    f"set kubernetes_secret.type of its secret to {required}",
                )
