"""Autoscalers that are refused. The others are in refused.py."""

from typing import Any

from tests.settings.refused import case, pod


def _scaled(resources: dict[str, Any] | None = None, **autoscale: Any) -> dict[str, Any]:
    """A workload with an autoscaler and what that needs, but for what is given otherwise."""
    requests = {"requests": {"cpu": "250m", "memory": "128Mi"}} if resources is None else resources
    return {"workloads": [pod(resources=requests, autoscale={"max_replicas": 6, **autoscale})]}


CASES = [
    case(
        "autoscale-replicas",
        _scaled(min_replicas=0),
        "workloads[0].autoscale.min_replicas: 0 replicas is out of range; choose 1 to 1000 (pulumi config set --path 'workloads[0].autoscale.min_replicas' 2)",
    ),
    case(
        "autoscale-most-replicas",
        _scaled(max_replicas=5000),
        "workloads[0].autoscale.max_replicas: 5000 replicas is out of range; choose 1 to 1000 (pulumi config set --path 'workloads[0].autoscale.max_replicas' 10)",
    ),
    case(
        "autoscale-percent",
        _scaled(cpu_percent=0),
        "workloads[0].autoscale.cpu_percent: 0 per cent is out of range; choose 1 to 1000 (pulumi config set --path 'workloads[0].autoscale.cpu_percent' 80)",
    ),
    case(
        "autoscale-limits",
        _scaled(max_replicas=None, min_replicas=2),
        "workloads[0].autoscale.max_replicas: missing for by: hpa; say how many pods there may be (pulumi config set --path 'workloads[0].autoscale.max_replicas' 4)",
    ),
    case(
        "autoscale-limits",
        _scaled(min_replicas=7),
        "workloads[0].autoscale.max_replicas: 6 is less than min_replicas 7; choose at least as many (pulumi config set --path 'workloads[0].autoscale.max_replicas' 7)",
    ),
    case(
        "autoscale-by-somebody-else",
        _scaled(by="external", cpu_percent=50),
        "workloads[0].autoscale.max_replicas: is the business of the autoscaler that is external; take it out, or say by: hpa (pulumi config rm --path 'workloads[0].autoscale.max_replicas')",
        "workloads[0].autoscale.cpu_percent: is the business of the autoscaler that is external; take it out, or say by: hpa (pulumi config rm --path 'workloads[0].autoscale.cpu_percent')",
    ),
    case(
        "autoscaled-replicas",
        {"workloads": [pod(replicas=3, autoscale={"by": "external"})]},
        "workloads[0].replicas: autoscale says how many pods there are; take it out, and say autoscale.min_replicas (pulumi config rm --path 'workloads[0].replicas')",
    ),
    case(
        "autoscaled-requests",
        _scaled({"limits": {"memory": "64Mi"}}),
        "workloads[0].resources.requests.cpu: missing, and autoscale aims at a share of it (autoscale.cpu_percent); say what one pod needs (pulumi config set --path 'workloads[0].resources.requests.cpu' 250m)",
    ),
    case(
        "autoscaled-requests",
        _scaled({"requests": {"cpu": "250m"}}, memory_percent=70),
        "workloads[0].resources.requests.memory: missing, and autoscale aims at a share of it (autoscale.memory_percent); say what one pod needs (pulumi config set --path 'workloads[0].resources.requests.memory' 128Mi)",
    ),
    case(
        "autoscaled-within-limits",
        _scaled({"requests": {"cpu": "250m"}, "limits": {"cpu": "250m"}}, cpu_percent=95),
        "workloads[0].autoscale.cpu_percent: 95 per cent of requests.cpu 250m, and limits.cpu 250m lets no pod use a tenth more; choose less, or a higher limit (pulumi config set --path 'workloads[0].autoscale.cpu_percent' 80)",
    ),
    case(
        "autoscaled-within-limits",
        _scaled({"limits": {"memory": "128Mi"}}, memory_percent=100),
        "workloads[0].autoscale.memory_percent: 100 per cent of requests.memory 128Mi, and limits.memory 128Mi lets no pod use a tenth more; choose less, or a higher limit (pulumi config set --path 'workloads[0].autoscale.memory_percent' 80)",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [pod(kind="DaemonSet", autoscale={"by": "external"})]},
        "workloads[0].autoscale: does nothing for kind: DaemonSet; goes with Deployment or StatefulSet: take it out, or change kind (pulumi config rm --path 'workloads[0].autoscale')",
    ),
    case(
        "override-of-replicas",
        {"workloads": [pod(autoscale={"by": "external"}, overrides={"spec": {"replicas": 3}})]},
        "workloads[0].overrides.spec.replicas: has a key of its own; take it out, and say replicas or autoscale (pulumi config rm --path 'workloads[0].overrides.spec.replicas')",
    ),
]
