"""Settings that the rules of ``types/quantities.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod

CASES = [
    case(
        "cpu-quantity",
        {"workloads": [pod(resources={"requests": {"cpu": "100Mi"}})]},
        "workloads[0].resources.requests.cpu: '100Mi' is not a quantity of cores; use cores, or thousandths of a core: 2, 0.5, 250m",
    ),
    case(
        "cpu-quantity",
        {"workloads": [pod(resources={"requests": {"cpu": 0.00001}})]},
        "workloads[0].resources.requests.cpu: '0.00001' is not a quantity of cores; use cores, or thousandths of a core: 2, 0.5, 250m",
    ),
    case(
        "memory-quantity",
        {"workloads": [pod(resources={"limits": {"memory": "128 MB"}})]},
        "workloads[0].resources.limits.memory: '128 MB' is not a quantity of memory; use bytes with a unit: 128Mi, 1Gi; 400m would be 0.4 bytes (pulumi config set --path 'workloads[0].resources.limits.memory' 128M)",
    ),
]
