"""Settings that the rules of ``rules/reserved_names.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import CARD_KEY, DB, DRIVER, ON_THE_DRIVER, csi, dapr, pod, secret, workload

CASES = [
    case(
        "environment-of-the-technique",
        {"workloads": [pod(env={"AZURE_CLIENT_ID": "canary"})]},
        "workloads[0].env.AZURE_CLIENT_ID: is set by technique sdk or by the workload identity webhook; remove it (pulumi config rm --path 'workloads[0].env.AZURE_CLIENT_ID')",
    ),
    case(
        "environment-of-the-technique",
        {"workloads": [pod(env={"KEYVAULT_URL": "https://other.vault.azure.net/"})]},
        "workloads[0].env.KEYVAULT_URL: is set by technique sdk or by the workload identity webhook; remove it (pulumi config rm --path 'workloads[0].env.KEYVAULT_URL')",
    ),
    case(
        "environment-of-the-technique",
        dapr(DB, env={"DAPR_HTTP_PORT": "3500"}),
        "workloads[0].env.DAPR_HTTP_PORT: is set by technique dapr or by the workload identity webhook; remove it (pulumi config rm --path 'workloads[0].env.DAPR_HTTP_PORT')",
    ),
    case(
        "environment-of-the-technique",
        {
            "vaults": [{"name": "payments"}],
            "workloads": [
                workload(
                    secrets=[{"name": "card-key", "from": "existing", "vault": "payments"}],
                    env={"KEYVAULT_URL_PAYMENTS": "x"},
                )
            ],
        },
        "workloads[0].env.KEYVAULT_URL_PAYMENTS: is set by technique sdk or by the workload identity webhook; remove it (pulumi config rm --path 'workloads[0].env.KEYVAULT_URL_PAYMENTS')",
        "workloads[0].env: has no effect with kind: none; remove it, or choose another kind (pulumi config rm --path 'workloads[0].env')",
    ),
    case(
        "scratch-beside-the-secrets",
        {"workloads": [csi(secret(from_="existing"), scratch=["/mnt/secrets-store/cache"])], **DRIVER},
        "workloads[0].scratch[0]: '/mnt/secrets-store/cache' is inside /mnt/secrets-store, where technique csi mounts its files; choose another path (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
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
        "workloads[0].mount_path: results in /mnt/kubernetes-secrets, where technique csi mounts files from Kubernetes Secrets; choose another path (pulumi config set --path 'workloads[0].mount_path' /mnt/secrets-store)",
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
        "workloads[0].mount_path: results in /mnt/kubernetes-secrets, where technique csi mounts files from Kubernetes Secrets; choose another path (pulumi config set --path 'workloads[0].mount_path' /mnt/secrets-store)",
    ),
    case(
        "scratch-beside-the-secrets",
        {"workloads": [csi(DB, CARD_KEY, scratch=["/mnt/secrets-store-payments/cache"])], **ON_THE_DRIVER},
        "workloads[0].scratch[0]: '/mnt/secrets-store-payments/cache' is inside /mnt/secrets-store-payments, where technique csi mounts its files; choose another path (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
    case(
        "scratch-beside-the-secrets",
        {"workloads": [csi(CARD_KEY, scratch=["/mnt/secrets-store-payments"])], **ON_THE_DRIVER},
        "workloads[0].scratch[0]: '/mnt/secrets-store-payments' is inside /mnt/secrets-store-payments, where technique csi mounts its files; choose another path (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
]
