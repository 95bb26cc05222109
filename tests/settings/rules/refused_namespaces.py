"""Settings that the rules of ``rules/namespaces.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "namespace-is-used",
        {"namespaces": [{"name": "other"}]},
        "namespaces[0]: no workload names 'other'; take it out (pulumi config rm --path 'namespaces[0]')",
    ),
    case(
        "namespace-names-differ",
        {"namespaces": [{"name": "shop"}, {"name": "shop", "existing": True}]},
        "namespaces[1].name: 'shop' is the name of another entry; keep one",
    ),
    case(
        "existing-namespace-keeps-its-labels",
        {"namespaces": [{"name": "shop", "existing": True, "enforce": "restricted"}]},
        "namespaces[0].enforce: the program neither makes nor labels a namespace that is existing; take it out, or label it there (pulumi config rm --path 'namespaces[0].enforce')",
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
        "namespaces[0].isolated: true, and cluster.network.policy is none: nobody would enforce it; choose a policy engine, or take it out (pulumi config rm --path 'namespaces[0].isolated')",
    ),
    case(
        "existing-namespace-keeps-its-labels",
        {"namespaces": [{"name": "shop", "existing": True, "isolated": True}]},
        "namespaces[0].isolated: the program neither makes nor labels a namespace that is existing; take it out, or label it there (pulumi config rm --path 'namespaces[0].isolated')",
    ),
]
