"""Settings that the rules of ``rules/csi_driver.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "rotation-poll-interval-lowest",
        {"operators.csi_driver": {"poll_interval": "30s"}},
        "operators.csi_driver.poll_interval: '30s' is less than a minute; choose at least a minute (pulumi config set --path 'operators.csi_driver.poll_interval' 2m)",
    ),
    case(
        "key-of-another-install",
        {"operators": {"csi_driver": {"namespace": "csi", "version": "1.8.2"}}},
        "operators.csi_driver.namespace: has no effect with install: addon; remove it, or choose helm (pulumi config rm --path 'operators.csi_driver.namespace')",
        "operators.csi_driver.version: has no effect with install: addon; remove it, or choose helm (pulumi config rm --path 'operators.csi_driver.version')",
    ),
    case(
        "poll-needs-rotation",
        {"operators": {"csi_driver": {"rotation": False, "poll_interval": "5m"}}},
        "operators.csi_driver.poll_interval: has no effect with rotation: false; remove it, or set rotation (pulumi config rm --path 'operators.csi_driver.poll_interval')",
    ),
]
