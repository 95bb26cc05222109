"""What a technique has in the pod of a workload that reads several vaults, and what is refused beside it. The others are in refused.py."""

from typing import Any

from tests.settings.refused import DRIVER, case, csi, pod, secret, template

VAULTS: dict[str, Any] = {"vaults": [{"name": "payments"}]}
ON_THE_DRIVER = {**VAULTS, **DRIVER}
CARD: dict[str, Any] = {"name": "card-key", "from": "existing", "vault": "payments"}
DB = secret(from_="existing")


def _container(**keys: Any) -> dict[str, Any]:
    return template({"containers": [{"name": "shop", **keys}]})


CASES = [
    case(
        "mounts-differ",
        {
            "workloads": [
                csi(
                    {**DB, "file": "db", "kubernetes_secret": {"mount": True}},
                    mount_path="/mnt/kubernetes-secrets",
                )
            ],
            **DRIVER,
        },
        "workloads[0].mount_path: makes /mnt/kubernetes-secrets, where technique csi mounts files from Kubernetes Secrets; choose another path (pulumi config set --path 'workloads[0].mount_path' /mnt/secrets-store)",
    ),
    case(
        "mounts-differ",
        {
            "vaults": [{"name": "secrets"}],
            "workloads": [
                csi(
                    {**DB, "vault": "secrets", "file": "db", "kubernetes_secret": {"mount": True}},
                    mount_path="/mnt/kubernetes",
                )
            ],
            **DRIVER,
        },
        "workloads[0].mount_path: makes /mnt/kubernetes-secrets, where technique csi mounts files from Kubernetes Secrets; choose another path (pulumi config set --path 'workloads[0].mount_path' /mnt/secrets-store)",
    ),
    case(
        "scratch-beside-the-secrets",
        {"workloads": [csi(DB, CARD, scratch=["/mnt/secrets-store-payments/cache"])], **ON_THE_DRIVER},
        "workloads[0].scratch[0]: '/mnt/secrets-store-payments/cache', and /mnt/secrets-store-payments is where technique csi mounts its files; choose another path (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
    case(
        "scratch-beside-the-secrets",
        {"workloads": [csi(CARD, scratch=["/mnt/secrets-store-payments"])], **ON_THE_DRIVER},
        "workloads[0].scratch[0]: '/mnt/secrets-store-payments', and /mnt/secrets-store-payments is where technique csi mounts its files; choose another path (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    DB,
                    CARD,
                    overrides=template({"volumes": [{"name": "secrets-store-payments", "emptyDir": {}}]}),
                )
            ],
            **ON_THE_DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.volumes[0]: 'secrets-store-payments' is the volume of technique csi; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    DB,
                    CARD,
                    kind="StatefulSet",
                    overrides={
                        "spec": {"volumeClaimTemplates": [{"metadata": {"name": "secrets-store-payments"}}]}
                    },
                )
            ],
            **ON_THE_DRIVER,
        },
        "workloads[0].overrides.spec.volumeClaimTemplates[0]: 'secrets-store-payments' is the volume of technique csi; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                csi(
                    DB,
                    CARD,
                    overrides=_container(
                        volumeMounts=[{"name": "own", "mountPath": "/mnt/secrets-store-payments"}]
                    ),
                ),
            ],
            **ON_THE_DRIVER,
        },
        "workloads[0].overrides.spec.template.spec.containers[0].volumeMounts[0]: /mnt/secrets-store-payments is where technique csi mounts its files; choose another path",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    secrets=[DB, CARD],
                    overrides=_container(env=[{"name": "KEYVAULT_URL_PAYMENTS", "value": "x"}]),
                )
            ],
            **VAULTS,
        },
        "workloads[0].overrides.spec.template.spec.containers[0].env[0]: KEYVAULT_URL_PAYMENTS is set by technique sdk; choose another name",
    ),
    case(
        "override-of-the-chain",
        {
            "workloads": [
                pod(
                    technique="eso",
                    secrets=[DB],
                    compose=[
                        {"name": "url", "template": 'postgres://{{ index . "db-password" }}', "env": "URL"}
                    ],
                    overrides=_container(env=[{"name": "URL", "value": "x"}]),
                )
            ],
            "operators": {"external_secrets": {}},
        },
        "workloads[0].overrides.spec.template.spec.containers[0].env[0]: URL is set by technique eso; choose another name",
    ),
    case(
        "secret-files-differ",
        {
            "workloads": [csi(DB, {**DB, "vault": "payments"}, {**DB, "type": "key", "vault": "payments"})],
            **ON_THE_DRIVER,
        },
        "workloads[0].secrets[2].file: another object is in 'db-password'; choose another file (pulumi config set --path 'workloads[0].secrets[2].file' db-password-2)",
    ),
    case(
        "secret-files-differ",
        {
            "workloads": [
                csi(
                    {**DB, "file": "password", "kubernetes_secret": {"mount": True}},
                    {**CARD, "file": "password", "kubernetes_secret": {"mount": True}},
                )
            ],
            **ON_THE_DRIVER,
        },
        "workloads[0].secrets[1].file: another object is in 'password'; choose another file (pulumi config set --path 'workloads[0].secrets[1].file' password-2)",
    ),
    case(
        "secret-files-differ",
        {
            "workloads": [pod(technique="eso", secrets=[DB, {**DB, "vault": "payments"}])],
            "operators": {"external_secrets": {}},
            **VAULTS,
        },
        "workloads[0].secrets[1].file: another object is in 'db-password'; choose another file (pulumi config set --path 'workloads[0].secrets[1].file' db-password-2)",
    ),
]
