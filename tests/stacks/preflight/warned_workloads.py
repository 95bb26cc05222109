"""Warnings of the preflight about operators, vaults and workloads, in their exact words."""

from typing import Any

from tests.stacks.preflight.cases import (
    OLD,
    Case,
    case,
    existing,
    workload,
)

_DB: dict[str, Any] = {"name": "db", "from": "existing"}

_DRIVER: dict[str, Any] = {"operators": {"csi_driver": {}}}

_POLL = "operators.csi_driver.poll_interval: '2m' causes"


def runs(**keys: Any) -> dict[str, Any]:
    """A workload with a Deployment."""
    return workload(kind="Deployment", image="registry.example/shop:1") | keys


def mounts(secrets: int, *vaults: str | None, **keys: Any) -> dict[str, Any]:
    """A thousand pods, each of which mounts so many secrets of each vault."""
    listed = [
        {"name": f"s{index}", "from": "existing", **({"vault": label} if label else {})}
        for label in vaults or (None,)
        for index in range(secrets)
    ]
    return runs(technique="csi", secrets=listed) | (keys or {"replicas": 1000})


CASES = [
    case(
        "reloader-is-used",
        {"operators": {"reloader": {}}},
        "operators.reloader: no workload has reload: true, so it watches nothing; set reload on a workload,"
        " or remove this key"
        " (pulumi config rm --path 'operators.reloader')",
    ),
    case(
        "reloader-is-used",
        {"composition": "platform", "workloads": None, "operators": {"reloader": {}}},
        "operators.reloader: it has no namespaces, so it watches nothing; list those whose workloads have"
        " reload: true, or remove this key (pulumi config rm --path 'operators.reloader')",
    ),
    case(
        "dapr-extension-provider",
        {"operators": {"dapr": {"install": "extension", "version": "1.14.4-msft.10"}}},
        "operators.dapr.install: 'extension' fails with MissingSubscriptionRegistration in a subscription"
        " without the provider of"
        " cluster extensions; register it once (az provider register --namespace"
        " Microsoft.KubernetesConfiguration)",
    ),
    case(
        "vault-read-limit",
        _DRIVER | {"workloads": [mounts(25)]},
        f"{_POLL} 25000 reads of the vault of section vault at each poll, 52% of the limit of a vault, 4000"
        " reads in 10 s; poll less"
        " often, mount fewer secrets, or use several vaults",
    ),
    case(
        "vault-read-limit",
        _DRIVER
        | {
            "workloads": [
                mounts(25, resources={"requests": {"cpu": 1}}, autoscale={"max_replicas": 1000}),
            ]
        },
        f"{_POLL} 25000 reads of the vault of section vault at each poll, 52% of the limit of a vault, 4000"
        " reads in 10 s; poll less"
        " often, mount fewer secrets, or use several vaults",
    ),
    # Each vault answers for itself, and half of the limit is no warning.
    case(
        "vault-read-limit",
        _DRIVER
        | {
            "vaults": [{"name": "v0"}],
            "workloads": [mounts(1, None), mounts(25, "v0") | {"name": "other"}],
        },
        f"{_POLL} 25000 reads of vault 'v0' at each poll, 52% of the limit of a vault, 4000 reads in 10 s;"
        " poll less often, mount fewer"
        " secrets, or use several vaults",
    ),
    case(
        "subscription-read-limit",
        _DRIVER
        | {
            "vaults": [{"name": f"v{index}"} for index in range(6)],
            "workloads": [mounts(21, *(f"v{index}" for index in range(6)))],
        },
        f"{_POLL} 126000 reads of all vaults at each poll, 52% of the limit of a subscription, 20000 reads"
        " in 10 s; poll less often, or"
        " mount fewer secrets",
    ),
]

_NIGHTLY: dict[str, Any] = {
    "kind": "CronJob",
    "schedule": "0 3 * * *",
    "image": "registry.example/report:1",
    "technique": "csi",
    "secrets": [_DB | {"env": "PASSWORD"}],
}
_RUNS_AGAIN = (
    "reads the value of the run before from a Kubernetes Secret, which csi writes anew only while a pod"
    " runs; read files, choose eso or sdk"
)

_EXPERIMENTAL = (
    "is experimental, and its authors do not recommend it for production; choose technique eso there, or csi"
    " with env"
)

CASES += [
    case(
        "akv2k8s-reads-for-all",
        {"operators": {"akv2k8s": {}}},
        "operators.akv2k8s: technique akv2k8s is experimental here: its controller reads the objects of all"
        " its workloads as one identity, and an AzureKeyVaultSecret in any namespace gets each of them; let"
        " no other principal create AzureKeyVaultSecrets, or choose technique eso, where each workload reads"
        " its own",
    ),
    case(
        "sync-controller-is-experimental",
        {"operators": {"sync_controller": {}}},
        f"operators.sync_controller: the Secrets Store Sync Controller 0.0.4 {_EXPERIMENTAL}",
    ),
    case(
        "sync-controller-is-experimental",
        {"operators": {"sync_controller": {"install": "existing"}}},
        f"operators.sync_controller: the Secrets Store Sync Controller {_EXPERIMENTAL}",
    ),
]
CASES += [
    case(
        "rotation-reaches-jobs",
        _DRIVER | {"workloads": [workload(**_NIGHTLY)]},
        f"workloads[0].kind: CronJob: each run {_RUNS_AGAIN}, or keep no finished Job by overrides"
        " (docs/rotation.md#csi-jobs-and-cronjobs)",
    ),
    case(
        "rotation-reaches-jobs",
        _DRIVER
        | {
            "workloads": [
                workload(**{n: v for n, v in _NIGHTLY.items() if n != "schedule"} | {"kind": "Job"}),
                workload(**_NIGHTLY | {"name": "files", "secrets": [_DB]}),
                workload(
                    **_NIGHTLY
                    | {
                        "name": "forgetful",
                        "overrides": {"spec": {"successfulJobsHistoryLimit": 0, "failedJobsHistoryLimit": 0}},
                    }
                ),
            ]
        },
        f"workloads[0].kind: Job: a retry {_RUNS_AGAIN} (docs/rotation.md#csi-jobs-and-cronjobs)",
    ),
    case(
        "additional-vault-network",
        {
            "vault": {"network": {"public_access": False}},
            "vaults": [{"name": "open"}, {"name": "there", "existing": existing("vault", "kv-old")}],
            "workloads": [],
        },
        "vaults[0].network: allows public access although section vault denies it; set it here too:"
        " settings are not inherited between"
        " vaults",
        answers=OLD,
    ),
    case(
        "access-policies",
        {"vault.authorization": "access-policy", "workloads": [workload(scope="vault")]},
        "vault.authorization: with access-policy every workload can read every secret of the vault; move it"
        " to rbac in the order that"
        " docs/migrations.md describes",
    ),
]

CASES += [
    case(
        "pod-identity-is-retired",
        _DRIVER | {"workloads": [runs(technique="csi", access="pod-identity", secrets=[_DB])]},
        "workloads[0].access: pod-identity is AAD Pod Identity, which is retired and gets no more fixes;"
        " move to workload-identity as"
        " docs/migrations.md#aad-pod-identity--workload-identity describes",
    ),
    case(
        "identity-of-the-nodes",
        _DRIVER | {"workloads": [runs(technique="csi", access="user-assigned-vm", secrets=[_DB])]},
        "workloads[0].access: with user-assigned-vm every pod on every node can use the add-on's identity;"
        " prefer workload-identity"
        " (pulumi config set --path 'workloads[0].access' workload-identity)",
    ),
    case(
        "client-secret",
        _DRIVER
        | {
            "workloads": [
                runs(
                    technique="csi",
                    access="service-principal",
                    service_principal={
                        "client_id": "aaaaaaaa-0000-4000-8000-000000000001",
                        "object_id": "aaaaaaaa-0000-4000-8000-000000000002",
                        "config_key": "sp",
                    },
                    secrets=[_DB],
                )
            ],
            "secret-values:sp": "canary",
        },
        "workloads[0].access: with service-principal a Kubernetes Secret holds a client secret, which"
        " expires; prefer workload-identity, which has none, and remove service_principal",
        secret=("secret-values:sp",),
    ),
    case(
        "values-in-the-cluster",
        {"workloads": [runs(technique="kubernetes-secret", secrets=[{"name": "db", "from": "random"}])]},
        "workloads[0].technique: with kubernetes-secret etcd keeps the values, and everyone who may read"
        " Secrets or create pods in"
        " namespace 'shop' can read them; prefer another technique, or limit those rights (docs/security.md)",
    ),
    case(
        "values-in-two-places",
        {
            "workloads": [
                runs(
                    technique="kubernetes-secret",
                    secrets=[{"name": "s", "from": "literal", "sensitive": False, "value": "v"}],
                )
            ]
        },
        "workloads[0].technique: with kubernetes-secret etcd keeps the values, and everyone who may read"
        " Secrets or create pods in"
        " namespace 'shop' can read them; prefer another technique, or limit those rights (docs/security.md)",
        "workloads[0].secrets[0].manage: with once a changed value in the stack reaches the cluster but not"
        " the vault; choose always"
        " (pulumi config set --path 'workloads[0].secrets[0].manage' always)",
    ),
    case(
        "image-is-pinned",
        {"workloads": [runs(image="registry.example/web:latest")]},
        "workloads[0].image: tag latest can be another image at the next start of a pod; use a digest,"
        " name@sha256:…, which never"
        " changes",
    ),
    case(
        "stateful-set-has-a-service",
        {"workloads": [runs(kind="StatefulSet", port=8080)]},
        "workloads[0].service: a StatefulSet needs a Headless Service for stable pod DNS names; set"
        " service.type: Headless"
        " (pulumi config set --path 'workloads[0].service.type' Headless)",
    ),
    case(
        "secret-in-env",
        {"workloads": [runs(env={"DB_PASSWORD": "x", "DB_PASSWORD_FILE": "/x"})]},
        "workloads[0].env.DB_PASSWORD: has the name of a secret, and its value is in plain text in the"
        " stack file; list it in secrets if"
        " it is one",
    ),
]


def _searching(*secrets: dict[str, Any], **find: Any) -> dict[str, Any]:
    search = {"regexp": "^app-", "env_from": True, **find}
    entry = runs(technique="eso", scope="vault", secrets=list(secrets), find=[search])
    return {"operators": {"external_secrets": {}}, "workloads": [entry]}


_TO_VARIABLES = (
    "which a shell and many frameworks cannot read; let the names become those of variables"
    " (pulumi config set --path 'workloads[0].find[0].variable_names' true)"
)
CASES += [
    case(
        "variables-have-names",
        _searching(),
        "workloads[0].find[0].env_from: a secret such as 'app-db-password' becomes the variable"
        f" 'app-db-password', {_TO_VARIABLES}",
    ),
    case(
        "variables-have-names",
        _searching({"name": "app-api-key", "from": "existing"}, rewrite=[{"source": "^app-", "target": ""}]),
        "workloads[0].find[0].env_from: a secret such as 'app-api-key' becomes the variable 'api-key',"
        f" {_TO_VARIABLES}",
    ),
]
SILENT = [
    Case("variables-have-names", _searching(variable_names=True), ()),
    Case("variables-have-names", _searching(rewrite=[{"source": "-", "target": "_"}]), ()),
    Case("variables-have-names", _searching(env_from=False), ()),
    Case("variables-have-names", _searching(regexp="^app[a-z0-9]+$"), ()),
]
