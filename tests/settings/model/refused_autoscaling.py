"""Settings that the rules of ``model/autoscaling.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import autoscaled

CASES = [
    case(
        "autoscale-replicas",
        autoscaled(min_replicas=0),
        "workloads[0].autoscale.min_replicas: 0 replicas is out of range; choose 1 to 1000 (pulumi config set --path 'workloads[0].autoscale.min_replicas' 1)",
    ),
    case(
        "autoscale-most-replicas",
        autoscaled(max_replicas=5000),
        "workloads[0].autoscale.max_replicas: 5000 replicas is out of range; choose 1 to 1000 (pulumi config set --path 'workloads[0].autoscale.max_replicas' 1000)",
    ),
    case(
        "autoscale-percent",
        autoscaled(cpu_percent=0),
        "workloads[0].autoscale.cpu_percent: 0 per cent is out of range; choose 1 to 1000 (pulumi config set --path 'workloads[0].autoscale.cpu_percent' 1)",
    ),
]
