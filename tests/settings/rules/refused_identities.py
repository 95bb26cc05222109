"""Settings that the rules of ``rules/identities.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DB, pod, workload

CASES = [
    case(
        "identity-names-differ",
        {
            "identities": [
                {"name": "readers", "resource_name": "id-readers"},
                {"name": "writers", "resource_name": "ID-readers"},
            ],
            "workloads": [workload(identity="readers"), workload(name="other", identity="writers")],
        },
        "identities[1].resource_name: 'ID-readers' is the name of another entry; choose another name (pulumi config set --path 'identities[1].resource_name' ID-readers-2)",
    ),
    case(
        "existing-identity-has-its-name",
        {
            "identities": [
                {
                    "name": "readers",
                    "resource_name": "id-readers",
                    "existing": {"name": "id", "resource_group": "rg"},
                }
            ],
            "workloads": [workload(identity="readers")],
        },
        "identities[0].resource_name: 'id-readers' has no effect beside existing, which names the identity; remove it (pulumi config rm --path 'identities[0].resource_name')",
    ),
    case(
        "existing-identity-is-listed-once",
        {
            "identities": [
                {"name": "readers", "existing": {"name": "id-shop", "resource_group": "rg-shop"}},
                {"name": "writers", "existing": {"name": "ID-shop", "resource_group": "RG-shop"}},
                {
                    "name": "b",
                    "existing": {"name": "id-aks-secrets-dev-shop", "resource_group": "rg-aks-secrets-dev"},
                },
            ],
            "workloads": [
                workload(),
                workload(name="other", identity="readers"),
                workload(name="third", identity="writers"),
                workload(name="fourth", identity="b"),
            ],
        },
        "identities[1].existing: 'id-shop' is also the identity of entry 'readers'; list it once, and name 'readers' in its workloads",
        "identities[2].existing: 'id-aks-secrets-dev-shop' is the identity that the program makes for 'shop'; name this entry in the workload's identity",
    ),
    case(
        "identity-is-declared",
        {"workloads": [workload(identity="readers")]},
        "workloads[0].identity: 'readers' is not in identities; list it in identities (pulumi config set --path 'identities[0].name' readers)",
    ),
    case(
        "identity-is-declared",
        {
            "workloads": [workload(identity="reader"), workload(name="b", identity="readers")],
            "identities": [{"name": "readers"}],
        },
        "workloads[0].identity: 'reader' is not in identities; choose readers (pulumi config set --path 'workloads[0].identity' readers)",
    ),
    case(
        "identity-is-used",
        {"identities": [{"name": "readers"}]},
        "identities[0]: no workload uses 'readers'; remove it (pulumi config rm --path 'identities[0]')",
    ),
    case(
        "identity-names-differ",
        {"identities": [{"name": "shop"}], "workloads": [workload(), workload(name="b", identity="shop")]},
        "identities[0].name: 'shop' is the name of a workload's identity or of another entry; choose another name",
    ),
    case(
        "identity-binding-has-a-name",
        {
            "identities": [{"name": "readers", "binding_name": "shop-readers"}],
            "workloads": [workload(identity="readers")],
        },
        "identities[0].binding_name: has no effect: no workload with 'readers' has access: identity-binding; remove it (pulumi config rm --path 'identities[0].binding_name')",
    ),
    case(
        "identity-binding-names-differ",
        {
            "identities": [{"name": "readers", "binding_name": "aks-secrets-dev-b"}],
            "workloads": [
                workload(identity="readers", access="identity-binding"),
                workload(name="b", access="identity-binding"),
            ],
        },
        "identities[0].binding_name: 'aks-secrets-dev-b' is the name of the identity binding of 'b'; choose another name (pulumi config set --path 'identities[0].binding_name' aks-secrets-dev-b-2)",
    ),
    case(
        "credentials-per-identity",
        {
            "identities": [{"name": "readers"}],
            "workloads": [workload(name=f"w{i}", identity="readers") for i in range(21)],
        },
        "identities[0].name: 21 workloads use 'readers'; Entra ID allows 20 per identity: add another identity, or let workloads use it by access: identity-binding",
    ),
    case(
        "credentials-per-identity",
        {
            "identities": [{"name": "readers"}],
            "workloads": [
                *(workload(name=f"w{i}", identity="readers") for i in range(20)),
                *(workload(name=f"b{i}", identity="readers", access="identity-binding") for i in range(30)),
            ],
        },
        "identities[0].name: 20 workloads use 'readers' by a federated credential, and AKS needs one more for its identity binding; Entra ID allows 20 per identity: add another identity, or let workloads use it by access: identity-binding",
    ),
    case(
        "identity-resource-names-differ",
        {
            "identities": [
                {"name": "readers", "resource_name": "ID-aks-secrets-dev-cart"},
                {"name": "writers", "resource_name": "id-aks-secrets-dev-auditors"},
                {"name": "admins", "resource_name": "id-aks-dev"},
                {"name": "auditors"},
            ],
            "workloads": [
                workload(name="cart", namespace="cart"),
                *(
                    workload(name=f"app{i}", namespace="apps", identity=name)
                    for i, name in enumerate(("readers", "writers", "admins", "auditors"))
                ),
            ],
        },
        "identities[0].resource_name: 'ID-aks-secrets-dev-cart' is the name of the identity of workload 'cart'; choose another name (pulumi config set --path 'identities[0].resource_name' ID-aks-secrets-dev-cart-shared)",
        "identities[1].resource_name: 'id-aks-secrets-dev-auditors' is the name of the identity of entry 'auditors'; choose another name (pulumi config set --path 'identities[1].resource_name' id-aks-secrets-dev-auditors-shared)",
        "identities[2].resource_name: 'id-aks-dev' is the name of the identity of the cluster; choose another name (pulumi config set --path 'identities[2].resource_name' id-aks-dev-shared)",
    ),
    case(
        "identity-is-declared",
        {
            "operators": {"akv2k8s": {"identity": "reader"}},
            "workloads": [pod(technique="akv2k8s", secrets=[DB])],
        },
        "operators.akv2k8s.identity: 'reader' is not in identities; list it in identities (pulumi config set --path 'identities[0].name' reader)",
    ),
]
