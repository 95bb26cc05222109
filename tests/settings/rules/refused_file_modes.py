"""Settings that the rules of ``rules/file_modes.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, csi, eso, secret

CASES = [
    case(
        "secret-file-is-readable",
        {"workloads": [csi(secret(from_="existing", permission="0440"))], **DRIVER},
        "workloads[0].secrets[0].permission: 0440 lets only root read the file, and the container does not run as root; remove it, and read the file of a Kubernetes Secret: kubernetes_secret with mount, mode and a group (docs/techniques.md#a-key-that-only-its-server-reads)",
    ),
    case(
        "secret-file-is-readable",
        {
            "workloads": [
                csi(
                    secret(from_="existing", permission="0400"),
                    security="baseline",
                    security_reason="x",
                    run_as_user=1000,
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].permission: 0400 lets only root read the file, and the container does not run as root; remove it, and read the file of a Kubernetes Secret: kubernetes_secret with mount, mode and a group (docs/techniques.md#a-key-that-only-its-server-reads)",
    ),
    case(
        "secret-file-is-readable",
        {"workloads": [csi(secret(from_="existing", type="cert", permission="0440"))], **DRIVER},
        "workloads[0].secrets[0].permission: 0440 lets only root read the file, and the container does not run as root; let everyone read it (pulumi config set --path 'workloads[0].secrets[0].permission' 0444)",
    ),
    case(
        "secret-mode-has-a-file",
        {
            "workloads": [
                csi(
                    secret(from_="existing", kubernetes_secret={"mode": "0444"}),
                    secret(from_="existing", name="b", file="b", kubernetes_secret={"mode": "0444"}),
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].kubernetes_secret.mode: has no effect: no file comes from the Secret; set file (pulumi config rm --path 'workloads[0].secrets[0].kubernetes_secret.mode')",
        "workloads[0].secrets[1].kubernetes_secret.mode: has no effect: with this technique the file comes from the vault; set mount: true, or permission (pulumi config rm --path 'workloads[0].secrets[1].kubernetes_secret.mode')",
    ),
    case(
        "secret-mode-has-a-group",
        eso(secret(from_="existing", file="db", kubernetes_secret={"mode": "0440"}), run_as_user=999),
        "workloads[0].fs_group: missing, so only root can read the file of secrets[0], which has mode 0440; set a group, which Kubernetes gives to the process and to the file (pulumi config set --path 'workloads[0].fs_group' 999)",
    ),
]
