"""Settings that the rules of ``rules/autoscaling.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import autoscaled, pod

CASES = [
    case(
        "autoscale-limits",
        autoscaled(max_replicas=None, min_replicas=2),
        "workloads[0].autoscale.max_replicas: missing for by: hpa; say how many pods there may be (pulumi config set --path 'workloads[0].autoscale.max_replicas' 4)",
    ),
    case(
        "autoscale-limits",
        autoscaled(min_replicas=7),
        "workloads[0].autoscale.max_replicas: 6 is less than min_replicas 7; choose at least as many (pulumi config set --path 'workloads[0].autoscale.max_replicas' 7)",
    ),
    case(
        "autoscale-by-somebody-else",
        autoscaled(by="external", cpu_percent=50),
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
        autoscaled({"limits": {"memory": "64Mi"}}),
        "workloads[0].resources.requests.cpu: missing, and autoscale aims at a share of it (autoscale.cpu_percent); say what one pod needs (pulumi config set --path 'workloads[0].resources.requests.cpu' 250m)",
    ),
    case(
        "autoscaled-requests",
        autoscaled({"requests": {"cpu": "250m"}}, memory_percent=70),
        "workloads[0].resources.requests.memory: missing, and autoscale aims at a share of it (autoscale.memory_percent); say what one pod needs (pulumi config set --path 'workloads[0].resources.requests.memory' 128Mi)",
    ),
    case(
        "autoscaled-within-limits",
        autoscaled({"requests": {"cpu": "250m"}, "limits": {"cpu": "250m"}}, cpu_percent=95),
        "workloads[0].autoscale.cpu_percent: 95 per cent of requests.cpu 250m, and limits.cpu 250m lets no pod use a tenth more; choose less, or a higher limit (pulumi config set --path 'workloads[0].autoscale.cpu_percent' 80)",
    ),
    case(
        "autoscaled-within-limits",
        autoscaled({"limits": {"memory": "128Mi"}}, memory_percent=100),
        "workloads[0].autoscale.memory_percent: 100 per cent of requests.memory 128Mi, and limits.memory 128Mi lets no pod use a tenth more; choose less, or a higher limit (pulumi config set --path 'workloads[0].autoscale.memory_percent' 80)",
    ),
]
