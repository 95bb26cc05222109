"""Settings that the rules of ``validation/pydantic_errors.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import NETWORK, WITH_SYSTEM_POOL, pod, secret, techniques, workload


def _rights(*rights: str) -> dict[str, Any]:
    return {"workloads": [workload(secrets=[secret(from_="existing", type="key", rights=list(rights))])]}


_AT = "workloads[0].secrets[0].rights"
_ALL = (
    "choose get, list, set, delete, recover, backup, restore, purge, encrypt, decrypt, wrap, unwrap, sign, verify,"
    " create, import, update, rotate or release"
)

CASES = [
    case(  # the word of an access policy
        "unknown-choice",
        _rights("get", "wrapKey"),
        f"{_AT}[1]: unknown right 'wrapKey'; {_ALL} (pulumi config set --path '{_AT}[1]' wrap)",
    ),
    case("unknown-choice", _rights("get", "officer"), f"{_AT}[1]: unknown right; {_ALL}"),
    case(
        "missing-key",
        {"azure-native:location": None},
        "azure-native:location: missing; this key has no default: use the short name that `az account list-locations --query '[].name'` prints",
    ),
    case(
        "missing-key",
        {"workloads": [{"name": "shop", "namespace": "shop", "kind": "none"}]},
        f"workloads[0].technique: missing; choose {techniques()}",
    ),
    case(
        "unknown-choice",
        {"workloads": [workload(technique="foo")]},
        f"workloads[0].technique: unknown technique 'foo'; choose {techniques()}",
    ),
    case(
        "unknown-choice",
        {"composition": "everything"},
        "composition: unknown composition 'everything'; choose all-in-one, platform or workloads",
    ),
    case(
        "unknown-choice",
        {"cluster.network.dataplane": "ebpf"},
        "cluster.network.dataplane: unknown dataplane 'ebpf'; choose cilium or azure",
    ),
    case(
        "wrong-type",
        {"cluster.kubernetes_version": 1.36},
        'cluster.kubernetes_version: got the number 1.36; write it in quotes in the stack file: "1.36" (without quotes, YAML drops a final zero)',
    ),
    case(
        "wrong-type",
        {"cluster.system_pool.count": "three"},
        "cluster.system_pool.count: got 'three'; write a whole number, without quotes, in the stack file",
    ),
    case(
        "wrong-type",
        {"cluster.local_accounts": "yes"},
        "cluster.local_accounts: got 'yes'; write true or false, without quotes, in the stack file",
    ),
    case(
        "wrong-type",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "literal", "sensitive": False, "value": 8080})])
            ]
        },
        "workloads[0].secrets[0].value: got a number, which is not shown here; write it in quotes in the stack file",
    ),
    case(
        "wrong-type",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "expires": "2027-01-31"})])]},
        'workloads[0].secrets[0].expires: got text, which is not shown here; write a date and time with its zone, in quotes: "2027-01-31T00:00:00Z"',
    ),
    case(
        "unknown-choice",
        {"people": {"current_type": "Group"}},
        "people.current_type: unknown current_type 'Group'; choose User or ServicePrincipal",
    ),
    case(
        "unknown-choice",
        {"workloads": [workload(secrets=[secret(from_="canary-7f3a")])]},
        "workloads[0].secrets[0].from: unknown from; choose existing, random, config, literal, stack or resource",
    ),
    case(
        "wrong-type",
        {"workloads": [workload(secrets=["canary-7f3a"])]},
        "workloads[0].secrets[0]: got text, which is not shown here; write keys with values, at least name and from",
    ),
    case(
        "wrong-type",
        {"tags": {"prod": True}},
        "tags.prod: got true; write it in quotes in the stack file: \"true\" (pulumi config set --path --type string 'tags.prod' true)",
    ),
    case(
        "wrong-type",
        {"cluster.system_pool.zones": [1]},
        "cluster.system_pool.zones[0]: got the number 1; write it in quotes in the stack file: \"1\" (pulumi config set --path --type string 'cluster.system_pool.zones[0]' 1)",
    ),
    case(
        "wrong-type",
        {"workloads": [workload(secrets=[secret(from_="random", expires="9999999999")])]},
        'workloads[0].secrets[0].expires: got text, which is not shown here; write a date and time with its zone, in quotes: "2027-01-31T00:00:00Z"',
    ),
    case(
        "wrong-type",
        {"workloads": [pod(env={"PASSWORD": 12345})]},
        "workloads[0].env.PASSWORD: got a number, which is not shown here; write it in quotes in the stack file",
    ),
    case(
        "unknown-choice",
        {"technique": "vault"},
        f"technique: unknown technique 'vault'; choose {techniques()}",
    ),
    case(
        "unknown-choice",
        {"technique": "csy"},
        f"technique: unknown technique 'csy'; choose {techniques()} (pulumi config set technique csi)",
    ),
    case(
        "wrong-type",
        {"operators": {"dapr": {"install": "extension", "version": "1.14.4", "settings": {"a": True}}}},
        "operators.dapr.settings.a: got true; write it in quotes in the stack file: \"true\" (pulumi config set --path --type string 'operators.dapr.settings.a' true)",
    ),
    case(
        "missing-key",
        {"cluster": {**WITH_SYSTEM_POOL, "private": {}}, "network": NETWORK},
        "cluster.private.deploy_from: missing; this key has no default: use the id that `az network vnet show --query id` prints",
    ),
    case(  # windows needs a pool, and linux is not what the person means
        "unknown-choice",
        {"workloads": [pod(os="Windows")]},
        "workloads[0].os: unknown os 'Windows'; choose linux or windows",
    ),
]
