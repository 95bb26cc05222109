"""Scratch folders that are refused. The others are in refused.py."""

from tests.settings.refused import DRIVER, case, csi, pod, secret, workload

CASES = [
    case(
        "scratch-path",
        {"workloads": [pod(scratch=["tmp"])]},
        "workloads[0].scratch[0]: 'tmp' is not a path for a scratch folder; begin it with a slash, no slash at the end, and no folder of the system: the empty folder would hide what is in it (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
    case(
        "scratch-path",
        {"workloads": [pod(scratch=["/usr"])]},
        "workloads[0].scratch[0]: '/usr' is not a path for a scratch folder; begin it with a slash, no slash at the end, and no folder of the system: the empty folder would hide what is in it (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
    case(
        "scratch-path",
        {"workloads": [pod(scratch=["/var/run/secrets/azure"])]},
        "workloads[0].scratch[0]: '/var/run/secrets/azure' is not a path for a scratch folder; begin it with a slash, no slash at the end, and no folder of the system: the empty folder would hide what is in it (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
    case(
        "scratch-listed-once",
        {"workloads": [pod(scratch=["/tmp", "/tmp"])]},
        "workloads[0].scratch[1]: '/tmp' is listed twice; list it once (pulumi config rm --path 'workloads[0].scratch[1]')",
    ),
    case(
        "scratch-beside-the-secrets",
        {"workloads": [csi(secret(from_="existing"), scratch=["/mnt/secrets-store/cache"])], **DRIVER},
        "workloads[0].scratch[0]: '/mnt/secrets-store/cache', and /mnt/secrets-store is where technique csi mounts its files; choose another path (pulumi config set --path 'workloads[0].scratch[0]' /tmp)",
    ),
    case(
        "key-of-another-kind",
        {"workloads": [workload(scratch=["/tmp"], read_only_root_filesystem=True)]},
        "workloads[0].read_only_root_filesystem: does nothing for kind: none; goes with any kind but none: take it out, or change kind (pulumi config rm --path 'workloads[0].read_only_root_filesystem')",
        "workloads[0].scratch: does nothing for kind: none; goes with any kind but none: take it out, or change kind (pulumi config rm --path 'workloads[0].scratch')",
    ),
]
