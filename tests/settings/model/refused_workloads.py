"""Settings that the rules of ``model/workloads.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, csi, secret

CASES = [
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
]
