"""Settings that the rules of ``rules/overrides.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod

CASES = [
    case(
        "override-of-replicas",
        {"workloads": [pod(overrides={"spec": {"replicas": 3}})]},
        "workloads[0].overrides.spec.replicas: has no effect: replicas is a key of the workload; remove it, and set replicas or autoscale (pulumi config rm --path 'workloads[0].overrides.spec.replicas')",
    ),
    case(
        "override-of-replicas",
        {"workloads": [pod(autoscale={"by": "external"}, overrides={"spec": {"replicas": 3}})]},
        "workloads[0].overrides.spec.replicas: has no effect: replicas is a key of the workload; remove it, and set replicas or autoscale (pulumi config rm --path 'workloads[0].overrides.spec.replicas')",
    ),
]
