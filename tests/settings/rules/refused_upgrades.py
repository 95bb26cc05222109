"""Settings that the rules of ``rules/upgrades.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "no-patch-version-with-channel",
        {"cluster.kubernetes_version": "1.36.2"},
        "cluster.kubernetes_version: '1.36.2' names a patch version, but upgrades.channel patch chooses it; write the minor version only (pulumi config set --path 'cluster.kubernetes_version' 1.36)",
    ),
    case(
        "node-image-channels-agree",
        {"cluster.upgrades": {"channel": "node-image", "node_os_channel": "SecurityPatch"}},
        "cluster.upgrades.node_os_channel: SecurityPatch does not work with channel: node-image; choose NodeImage (pulumi config set --path 'cluster.upgrades.node_os_channel' NodeImage)",
    ),
]
