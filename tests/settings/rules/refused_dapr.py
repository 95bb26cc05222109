"""Settings that the rules of ``rules/dapr.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DAPR, DB, dapr, pod

CASES = [
    case(
        "dapr-app-id-of-a-long-name",
        {"workloads": [pod(name="s" * 60, technique="dapr", secrets=[DB])], **DAPR},
        "workloads[0].dapr.app_id: missing, but the workload's name, its default, has 60 characters; set an app id of at most 58 characters (pulumi config set --path 'workloads[0].dapr.app_id' orders)",
    ),
    case(
        "dapr-names-differ",
        {
            "workloads": [
                pod(technique="dapr", secrets=[DB]),
                pod(
                    name="till",
                    technique="dapr",
                    secrets=[DB],
                    dapr={"app_id": "shop", "store": "shop-key-vault"},
                ),
            ],
            **DAPR,
        },
        "workloads[1].dapr.app_id: 'shop' belongs to another workload of namespace 'shop'; choose another name (pulumi config set --path 'workloads[1].dapr.app_id' till)",
    ),
    case(
        "dapr-names-differ",
        {
            "workloads": [
                pod(technique="dapr", secrets=[DB], dapr={"app_id": "counter"}),
                pod(name="till", technique="dapr", secrets=[DB], dapr={"app_id": "shop"}),
            ],
            **DAPR,
        },
        "workloads[1].dapr.app_id: 'shop' is the name of another workload of namespace 'shop'; choose another name (pulumi config set --path 'workloads[1].dapr.app_id' till)",
    ),
    case(
        "dapr-names-differ",
        {
            "workloads": [
                pod(technique="dapr", secrets=[DB], dapr={"store": "kv.payments"}),
                pod(
                    name="till",
                    technique="dapr",
                    secrets=[{**DB, "vault": "payments"}],
                    dapr={"store": "kv"},
                ),
            ],
            "vaults": [{"name": "payments"}],
            **DAPR,
        },
        "workloads[1].dapr.store: 'kv.payments' is the store of another vault in namespace 'shop'; choose another name (pulumi config set --path 'workloads[1].dapr.store' till)",
    ),
    case(
        "dapr-names-differ",
        dapr(DB, dapr={"store": "kubernetes"}),
        "workloads[0].dapr.store: 'kubernetes' is Dapr's built-in store; choose another name (pulumi config set --path 'workloads[0].dapr.store' key-vault)",
    ),
]
