"""Settings that the rules of ``rules/pod_spec.py`` refuse, with the exact words."""

from typing import Any

from tests.settings import scenes
from tests.settings.cases import case
from tests.settings.samples import DB, eso, pod, template


def _tolerating(**keys: Any) -> dict[str, Any]:
    return {"workloads": [pod(tolerations=[{"key": "team", **keys}])]}


SCENES = {
    "workloads[].tolerations[]": _tolerating(),
    "workloads[].tolerations[].toleration_seconds": _tolerating(effect="NoExecute"),
    "workloads[].host_aliases[]": {
        "workloads": [pod(host_aliases=[{"ip": "10.20.0.4", "hostnames": ["db"]}])]
    },
}


def _on_a_pool(pool: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {**scenes.with_pools(**pool), "workloads": [pod_(**keys)]}


def pod_(**keys: Any) -> dict[str, Any]:
    return pod(run_as_user=65532, **keys)


CASES = [
    case(
        "toleration-form",
        {"workloads": [pod(tolerations=[{"key": "team", "operator": "Exists", "value": "shop"}])]},
        "workloads[0].tolerations[0].value: has no effect with operator: Exists; remove it (pulumi config rm --path 'workloads[0].tolerations[0].value')",
    ),
    case(
        "toleration-form",
        {"workloads": [pod(tolerations=[{"value": "shop"}])]},
        "workloads[0].tolerations[0].operator: 'Equal' needs a key: without one the toleration is for every taint; set the key, or operator: Exists",
    ),
    case(
        "toleration-form",
        {"workloads": [pod(tolerations=[{"key": "team", "value": "shop", "toleration_seconds": 60}])]},
        "workloads[0].tolerations[0].toleration_seconds: needs effect: NoExecute: another effect evicts no pods; set the effect, or remove it (pulumi config rm --path 'workloads[0].tolerations[0].toleration_seconds')",
    ),
    case(
        "host-alias-form",
        {"workloads": [pod(host_aliases=[{"ip": "10.20.0.400", "hostnames": []}])]},
        "workloads[0].host_aliases[0].ip: is not an IP address; write an IPv4 or IPv6 address",
        "workloads[0].host_aliases[0].hostnames: empty; list the names that lead to the address",
    ),
    case(
        "host-alias-form",
        {"workloads": [pod(host_aliases=[{"ip": "fe80::1%eth0", "hostnames": ["db"]}])]},
        "workloads[0].host_aliases[0].ip: is not an IP address; write an IPv4 or IPv6 address",
    ),
    case(
        "host-alias-once",
        {
            "workloads": [
                pod(host_aliases=[{"ip": "10.20.0.4", "hostnames": [name]} for name in ("db", "cache")])
            ]
        },
        "workloads[0].host_aliases[1].ip: another entry has this address; list all hostnames in one entry",
    ),
    case(
        "node-selector-keeps-the-system",
        {"workloads": [pod(node_selector={"kubernetes.io/os": "windows"})]},
        'workloads[0].node_selector["kubernetes.io/os"]: is set by the key os; remove it, and set os (pulumi config rm --path \'workloads[0].node_selector["kubernetes.io/os"]\')',
    ),
    case(
        "node-selector-has-nodes",
        {"workloads": [pod(node_selector={"team": "shop"})]},
        "workloads[0].node_selector: no node pool of the cluster has these labels, so the pods would wait forever; add them to the labels of a pool in cluster.user_pools, or select one by agentpool: <name>",
    ),
    case(
        "node-selector-has-nodes",
        {"workloads": [pod(node_selector={"agentpool": "batch"})]},
        "workloads[0].node_selector: no node pool of the cluster has these labels, so the pods would wait forever; add them to the labels of a pool in cluster.user_pools, or select one by agentpool: <name>",
    ),
    case(
        "node-selector-has-nodes",
        _on_a_pool({"taints": ["team=shop:NoSchedule"]}, node_selector={"agentpool": "apps"}),
        "workloads[0].tolerations: node pool 'apps', which node_selector selects, has taint 'team=shop:NoSchedule', which the pods do not tolerate; add a toleration of the taint",
    ),
    case(
        "node-selector-has-nodes",
        _on_a_pool(
            {"spot": True},
            node_selector={"agentpool": "apps"},
            tolerations=[{"key": "team", "operator": "Exists"}],
        ),
        "workloads[0].tolerations: node pool 'apps', which node_selector selects, has taint 'kubernetes.azure.com/scalesetpriority=spot:NoSchedule', which the pods do not tolerate; add a toleration of the taint",
    ),
    case(
        "affinity-form",
        {"workloads": [pod(affinity={"podAntiAfinity": {}})]},
        "workloads[0].affinity.podAntiAfinity: an Affinity has no such key, and the provider would drop it; did you mean 'podAntiAffinity'? rename it in the stack file",
    ),
    case(
        "affinity-form",
        {
            "workloads": [
                pod(
                    affinity={
                        "nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": "1"}]}
                    }
                )
            ]
        },
        "workloads[0].affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: is not a whole number; write one, without quotes",
    ),
    case(
        "override-of-a-key",
        {
            "workloads": [
                pod(
                    fs_group=999,
                    tolerations=[{"operator": "Exists"}],
                    overrides=template(
                        {"securityContext": {"fsGroup": 1}, "tolerations": [{"operator": "Exists"}]}
                    ),
                )
            ]
        },
        "workloads[0].overrides.spec.template.spec.tolerations: replaces the key tolerations of the workload; remove one of them (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.tolerations')",
        "workloads[0].overrides.spec.template.spec.securityContext.fsGroup: replaces the key fs_group of the workload; remove one of them (pulumi config rm --path 'workloads[0].overrides.spec.template.spec.securityContext.fsGroup')",
    ),
    case(
        "pull-secret-type",
        eso({**DB, "kubernetes_secret": {"name": "pull"}}, image_pull_secrets=["pull"]),
        "workloads[0].image_pull_secrets[0]: is a Kubernetes Secret of another type, Opaque, in which the kubelet finds no credentials; set kubernetes_secret.type of its secret to kubernetes.io/dockerconfigjson",
    ),
    case(
        "pull-secret-type",
        {"workloads": [pod(image_pull_secrets=["pull", "pull"])]},
        "workloads[0].image_pull_secrets[1]: is listed twice; list it once (pulumi config rm --path 'workloads[0].image_pull_secrets[1]')",
    ),
]
