"""Settings that the rules of ``types/kubernetes.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import workload

CASES = [
    case(
        "kubernetes-label-name",
        {"workloads": [workload(namespace="Shop_1")]},
        "workloads[0].namespace: 'Shop_1' is not a Kubernetes name; use 1 to 63 lower-case letters, digits and hyphens, a letter or digit first and last (pulumi config set --path 'workloads[0].namespace' shop-1)",
    ),
    case(
        "kubernetes-subdomain-name",
        {"workloads": [workload(service_account="Shop")]},
        "workloads[0].service_account: 'Shop' is not a ServiceAccount name; use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end (pulumi config set --path 'workloads[0].service_account' shop)",
    ),
]
