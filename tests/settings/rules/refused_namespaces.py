"""Settings that the rules of ``rules/namespaces.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import workload

CASES = [
    case(
        "existing-namespace-keeps-its-labels",
        {"namespaces": [{"name": "shop", "existing": True, "labels": {"team": "shop"}}]},
        "namespaces[0].labels: has no effect: the program does not label an existing namespace; remove it, or label the namespace where it is made (pulumi config rm --path 'namespaces[0].labels')",
    ),
    case(
        "system-namespace-exists",
        {
            "workloads": [
                workload(namespace="flux-system", service_account="flux", existing_service_account=True)
            ],
            "namespaces": [{"name": "flux-system"}],
        },
        "namespaces[0].existing: false, and 'flux-system' is a namespace of Kubernetes or AKS, with labels of its own; choose true, or remove the entry (pulumi config set --path 'namespaces[0].existing' true)",
    ),
    case(
        "system-namespace-exists",
        {"composition": "platform", "workloads": None, "namespaces": [{"name": "kube-system"}]},
        "namespaces[0].existing: false, and 'kube-system' is a namespace of Kubernetes or AKS, with labels of its own; choose true, or remove the entry (pulumi config set --path 'namespaces[0].existing' true)",
    ),
    case(
        "namespace-is-used",
        {"namespaces": [{"name": "other"}]},
        "namespaces[0]: no workload names 'other'; remove it (pulumi config rm --path 'namespaces[0]')",
    ),
    case(
        "namespace-names-differ",
        {"namespaces": [{"name": "shop"}, {"name": "shop", "existing": True}]},
        "namespaces[1].name: 'shop' is the name of another entry; keep one of them",
    ),
    case(
        "existing-namespace-keeps-its-labels",
        {"namespaces": [{"name": "shop", "existing": True, "enforce": "restricted"}]},
        "namespaces[0].enforce: has no effect: the program does not label an existing namespace; remove it, or label the namespace where it is made (pulumi config rm --path 'namespaces[0].enforce')",
    ),
    case(
        "isolation-is-enforced",
        {
            "cluster": {
                "system_pool": {"vm_size": "Standard_D2s_v5"},
                "network": {"dataplane": "azure", "policy": "none"},
            },
            "namespaces": [{"name": "shop", "isolated": True}],
        },
        "namespaces[0].isolated: has no effect with cluster.network.policy: none; choose a policy engine, or remove it (pulumi config rm --path 'namespaces[0].isolated')",
    ),
    case(
        "existing-namespace-keeps-its-labels",
        {"namespaces": [{"name": "shop", "existing": True, "isolated": True}]},
        "namespaces[0].isolated: has no effect: the program does not label an existing namespace; remove it, or label the namespace where it is made (pulumi config rm --path 'namespaces[0].isolated')",
    ),
]
