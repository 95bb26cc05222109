"""Settings that the rules of ``model/delivery.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, csi, eso, secret

CASES = [
    case(
        "secret-environment-variable",
        {"workloads": [csi(secret(from_="existing", env="1ST"))], **DRIVER},
        "workloads[0].secrets[0].env: the value is not a name of an environment variable; use letters, digits, underscores, hyphens and full stops, no digit first",
    ),
    case(
        "secret-file",
        {"workloads": [csi(secret(from_="existing", file="../etc/passwd"))], **DRIVER},
        "workloads[0].secrets[0].file: the value is not a path below the mount; use letters, digits, hyphens, underscores and full stops, slashes between them, no .. and no slash at an end",
    ),
    case(
        "kubernetes-secret-name",
        {"workloads": [csi(secret(from_="existing", kubernetes_secret={"name": "My_Secret"}))], **DRIVER},
        "workloads[0].secrets[0].kubernetes_secret.name: the value is not a name of a Kubernetes Secret; use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end",
    ),
    case(
        "kubernetes-secret-key",
        {"workloads": [csi(secret(from_="existing", kubernetes_secret={"key": "a b"}))], **DRIVER},
        "workloads[0].secrets[0].kubernetes_secret.key: the value is not a key of a Kubernetes Secret; use letters, digits, hyphens, underscores and full stops, but not . alone and no .. at the beginning",
    ),
    case(
        "kept-key",
        {
            "workloads": [csi(secret(from_="existing"), kept_secrets={"shop-synced-a4ed57": ["a b"]})],
            **DRIVER,
        },
        "workloads[0].kept_secrets.shop-synced-a4ed57[0]: the value is not a key of a kept Secret; use a key, * for what find finds, or <name>.* for what extract delivers",
    ),
    case(
        "vault-object-version",
        {"workloads": [csi(secret(from_="existing", version="latest"))], **DRIVER},
        "workloads[0].secrets[0].version: the value is not a version; use the 32 hexadecimal digits that `az keyvault secret list-versions` prints",
    ),
    case(
        "version-history",
        {"workloads": [csi(secret(from_="existing", version_history=1))], **DRIVER},
        "workloads[0].secrets[0].version_history: 1 version is out of range; choose 2 to 100 (pulumi config set --path 'workloads[0].secrets[0].version_history' 2)",
    ),
    case(
        "file-permission",
        {"workloads": [csi(secret(from_="existing", permission="rw-r--r--"))], **DRIVER},
        "workloads[0].secrets[0].permission: the value is not a file mode; use three octal digits, in quotes",
    ),
    case(
        "secret-file",
        {"workloads": [csi(secret(from_="existing", file="a..b"))], **DRIVER},
        "workloads[0].secrets[0].file: the value is not a path below the mount; use letters, digits, hyphens, underscores and full stops, slashes between them, no .. and no slash at an end",
    ),
    case(
        "json-property",
        eso(secret(from_="existing", property="a b")),
        "workloads[0].secrets[0].property: the value is not a path of a JSON property; write names with full stops between them, without spaces",
    ),
    case(
        "mount-path",
        {"workloads": [csi(secret(from_="existing"), mount_path="secrets")], **DRIVER},
        "workloads[0].mount_path: 'secrets' is not a path for a mount; use an absolute path without a slash at the end, and no system folder, whose files the mount would hide (pulumi config set --path 'workloads[0].mount_path' /secrets)",
    ),
    case(
        "mount-path",
        {"workloads": [csi(secret(from_="existing"), mount_path="/etc")], **DRIVER},
        "workloads[0].mount_path: '/etc' is not a path for a mount; use an absolute path without a slash at the end, and no system folder, whose files the mount would hide",
    ),
    case(
        "mount-path",
        {"workloads": [csi(secret(from_="existing"), mount_path="/var/run/secrets/azure/tokens")], **DRIVER},
        "workloads[0].mount_path: '/var/run/secrets/azure/tokens' is not a path for a mount; use an absolute path without a slash at the end, and no system folder, whose files the mount would hide",
    ),
    case(
        "kubernetes-secret-key",
        eso(secret(from_="existing", kubernetes_secret={"key": "..data"})),
        "workloads[0].secrets[0].kubernetes_secret.key: the value is not a key of a Kubernetes Secret; use letters, digits, hyphens, underscores and full stops, but not . alone and no .. at the beginning",
    ),
]
