"""Settings that the rules of ``rules/techniques.py`` refuse, with the exact words."""

from components.authorization.roles import ObjectType
from components.workloads import Capability, WorkloadKind
from tests.settings.cases import case
from tests.settings.samples import DB, DRIVER, able_to, csi, dapr, eso, pod, secret, techniques, workload

_PULL = {"type": "kubernetes.io/dockerconfigjson"}

CASES = [
    case(
        "technique-cannot",
        {"workloads": [pod(secrets=[secret(from_="existing", env="DB", file="db")], mount_path="/secrets")]},
        f"workloads[0].mount_path: technique sdk does not support it: the application asks the vault; remove it, or choose {able_to(Capability.MOUNT_PATH)} (pulumi config rm --path 'workloads[0].mount_path')",
        f"workloads[0].secrets[0].env: technique sdk does not support it: the application asks the vault; remove it, or choose {able_to(Capability.ENV)} (pulumi config rm --path 'workloads[0].secrets[0].env')",
        f"workloads[0].secrets[0].file: technique sdk does not support it: the application asks the vault; remove it, or choose {able_to(Capability.FILE)} (pulumi config rm --path 'workloads[0].secrets[0].file')",
    ),
    case(
        "technique-cannot",
        {
            "workloads": [
                pod(
                    technique="kubernetes-secret",
                    secrets=[secret(from_="random", version="0" * 32, permission="0400")],
                )
            ]
        },
        f"workloads[0].secrets[0].version: technique kubernetes-secret does not support it: environment variables and files, from a Kubernetes Secret; remove it, or choose {able_to(Capability.VERSION)} (pulumi config rm --path 'workloads[0].secrets[0].version')",
        f"workloads[0].secrets[0].permission: technique kubernetes-secret does not support it: environment variables and files, from a Kubernetes Secret; remove it, or choose {able_to(Capability.PERMISSION)} (pulumi config rm --path 'workloads[0].secrets[0].permission')",
    ),
    case(
        "technique-delivers-a-list",
        {"workloads": [pod(technique="csi", scope="vault")], **DRIVER},
        "workloads[0].secrets: empty, but technique csi delivers only listed secrets; list a secret, or choose sdk",
    ),
    case(
        "value-is-known",
        {"workloads": [pod(technique="kubernetes-secret", secrets=[secret(from_="existing", env="DB")])]},
        f"workloads[0].secrets[0].from: 'existing' does not work with technique kubernetes-secret, where the program writes the value; choose random or config, or technique {techniques(lambda spec: not spec.writes_values)}",
    ),
    case(
        "technique-cannot",
        {"workloads": [pod(reload=True)], "operators": {"reloader": {}}},
        f"workloads[0].reload: technique sdk does not support it: the application asks the vault; remove it, or choose {able_to(Capability.RELOAD)} (pulumi config rm --path 'workloads[0].reload')",
    ),
    case(
        "random-is-no-json",
        {
            "workloads": [
                csi(secret(from_="random", kubernetes_secret={"type": "kubernetes.io/dockerconfigjson"}))
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].from: 'random' does not work with kubernetes.io/dockerconfigjson, which holds JSON; choose config or existing (pulumi config set --path 'workloads[0].secrets[0].from' existing)",
    ),
    case(
        "random-is-no-json",
        {
            "workloads": [csi(secret(from_="literal", sensitive=False, value="[]", kubernetes_secret=_PULL))],
            **DRIVER,
        },
        "workloads[0].secrets[0].value: is no JSON object, and kubernetes.io/dockerconfigjson holds one; correct it",
    ),
    case(
        "technique-cannot",
        dapr(secret(from_="existing", env="DB", file="db")),
        f"workloads[0].secrets[0].env: technique dapr does not support it: the application asks its Dapr sidecar; remove it, or choose {able_to(Capability.ENV)} (pulumi config rm --path 'workloads[0].secrets[0].env')",
        f"workloads[0].secrets[0].file: technique dapr does not support it: the application asks its Dapr sidecar; remove it, or choose {able_to(Capability.FILE)} (pulumi config rm --path 'workloads[0].secrets[0].file')",
    ),
    case(
        "technique-cannot",
        dapr(DB, reload=True) | {"operators": {"dapr": {}, "reloader": {}}},
        f"workloads[0].reload: technique dapr does not support it: the application asks its Dapr sidecar; remove it, or choose {able_to(Capability.RELOAD)} (pulumi config rm --path 'workloads[0].reload')",
    ),
    case(
        "technique-cannot",
        eso(secret(from_="existing", permission="0444"), access="user-assigned-vm"),
        "workloads[0].access: technique eso does not support it: environment variables and files, from a Kubernetes Secret that an operator fills; remove it, or choose csi (pulumi config rm --path 'workloads[0].access')",
        f"workloads[0].secrets[0].permission: technique eso does not support it: environment variables and files, from a Kubernetes Secret that an operator fills; remove it, or choose {able_to(Capability.PERMISSION)} (pulumi config rm --path 'workloads[0].secrets[0].permission')",
    ),
    case(
        "technique-cannot",
        {"workloads": [workload(compose=[{"name": "a", "template": "{{ .b }}"}], dapr={"app_id": "shop"})]},
        f"workloads[0].compose: technique sdk does not support it: the application asks the vault; remove it, or choose {able_to(Capability.COMPOSE)} (pulumi config rm --path 'workloads[0].compose')",
        f"workloads[0].dapr: technique sdk does not support it: the application asks the vault; remove it, or choose {able_to(Capability.DAPR)} (pulumi config rm --path 'workloads[0].dapr')",
    ),
    case(
        "technique-delivers-a-list",
        dapr(),
        "workloads[0].secrets: empty, but technique dapr delivers only listed secrets; list a secret, or choose sdk",
    ),
    case(
        "technique-reads-the-type",
        dapr(secret(from_="existing", type="key")),
        f"workloads[0].secrets[0].type: technique dapr reads secret or cert-key-pair, not key; choose another technique: {techniques(lambda spec: ObjectType.KEY in spec.object_types)}",
    ),
    case(
        "technique-decodes",
        eso(secret(from_="existing", encoding="hex")),
        "workloads[0].secrets[0].encoding: technique eso cannot decode hex; choose base64 or utf-8, or let the application decode it",
    ),
    case(
        "technique-allows-kind",
        dapr(DB, kind="Job"),
        f"workloads[0].kind: 'Job' does not work with technique dapr: its pod would never end, since the sidecar does not; choose Deployment, StatefulSet, DaemonSet or none, or technique {techniques(lambda spec: WorkloadKind.JOB not in spec.unsupported_kinds)}",
    ),
    case(
        "technique-allows-kind",
        dapr(DB, kind="Pod"),
        f"workloads[0].kind: 'Pod' does not work with technique dapr: Dapr's injector ignores a pod that no controller makes; choose Deployment, StatefulSet, DaemonSet or none, or technique {techniques(lambda spec: WorkloadKind.POD not in spec.unsupported_kinds)}",
    ),
    case(
        "port-of-the-technique",
        dapr(DB, port=3500),
        "workloads[0].port: 3500 is a port that technique dapr has in the pod; let the application listen on another one (pulumi config set --path 'workloads[0].port' 8080)",
    ),
]
