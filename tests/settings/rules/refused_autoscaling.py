"""Settings that the rules of ``rules/autoscaling.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import autoscaled, pod

CASES = [
    case(
        "autoscale-limits",
        {"workloads": [pod(resources={"requests": {"cpu": "250m"}}, autoscale={"min_replicas": 2})]},
        "workloads[0].autoscale.max_replicas: missing for by: hpa; set the maximum number of pods (pulumi config set --path 'workloads[0].autoscale.max_replicas' 4)",
    ),
    case(
        "autoscale-limits",
        autoscaled(min_replicas=7),
        "workloads[0].autoscale.max_replicas: 6 is less than min_replicas 7; choose a value that is at least as large (pulumi config set --path 'workloads[0].autoscale.max_replicas' 7)",
    ),
    case(
        "autoscale-by-somebody-else",
        autoscaled(by="external", cpu_percent=50),
        "workloads[0].autoscale.max_replicas: has no effect with by: external, where another autoscaler has its own targets; remove it, or set by: hpa (pulumi config rm --path 'workloads[0].autoscale.max_replicas')",
        "workloads[0].autoscale.cpu_percent: has no effect with by: external, where another autoscaler has its own targets; remove it, or set by: hpa (pulumi config rm --path 'workloads[0].autoscale.cpu_percent')",
    ),
    case(
        "autoscaled-replicas",
        {"workloads": [pod(replicas=3, autoscale={"by": "external"})]},
        "workloads[0].replicas: has no effect beside autoscale, which sets the number of pods; remove it, and set autoscale.min_replicas (pulumi config rm --path 'workloads[0].replicas')",
    ),
    case(
        "autoscaled-requests",
        autoscaled({"limits": {"memory": "64Mi"}}),
        "workloads[0].resources.requests.cpu: missing, but autoscale.cpu_percent is a percentage of it; set what one pod needs (pulumi config set --path 'workloads[0].resources.requests.cpu' 250m)",
    ),
    case(
        "autoscaled-requests",
        autoscaled({"requests": {"cpu": "250m"}}, memory_percent=70),
        "workloads[0].resources.requests.memory: missing, but autoscale.memory_percent is a percentage of it; set what one pod needs (pulumi config set --path 'workloads[0].resources.requests.memory' 128Mi)",
    ),
    case(
        "autoscaled-within-limits",
        autoscaled({"requests": {"cpu": "250m"}, "limits": {"cpu": "250m"}}, cpu_percent=95),
        "workloads[0].autoscale.cpu_percent: 95 per cent of requests.cpu 250m plus a tenth is not below limits.cpu 250m, so no pod is ever added; choose a lower target, or a higher limit (pulumi config set --path 'workloads[0].autoscale.cpu_percent' 80)",
    ),
    case(
        "autoscaled-within-limits",
        autoscaled({"limits": {"memory": "128Mi"}}, memory_percent=100),
        "workloads[0].autoscale.memory_percent: 100 per cent of requests.memory 128Mi plus a tenth is not below limits.memory 128Mi, so no pod is ever added; choose a lower target, or a higher limit (pulumi config set --path 'workloads[0].autoscale.memory_percent' 80)",
    ),
]
