"""Rules for ``cluster.upgrades``."""

from collections.abc import Iterator

from components.cluster.upgrades import NodeOsUpgradeChannel, UpgradeChannel
from stacks.settings.model.cluster import ClusterSettings
from stacks.settings.model.upgrades import UPGRADES, UpgradeSettings
from stacks.settings.validation.registry import Violation, rule


@rule("node-image-channels-agree", UpgradeSettings, source=UPGRADES)
def node_image_channels_agree(upgrades: UpgradeSettings) -> Iterator[Violation]:
    """The cluster channel node-image works only with the node OS channel NodeImage."""
    if (
        upgrades.channel is UpgradeChannel.NODE_IMAGE
        and upgrades.node_os_channel is not NodeOsUpgradeChannel.NODE_IMAGE
    ):
        yield Violation(
            ("node_os_channel",),
            f"{upgrades.node_os_channel} does not work with channel: node-image",
            "choose NodeImage",
            "NodeImage",
        )


@rule("no-patch-version-with-channel", ClusterSettings, source=UPGRADES)
def the_channel_chooses_the_patch_version(cluster: ClusterSettings) -> Iterator[Violation]:
    """A channel upgrades the patch version. A configured one would ask AKS to go back."""
    version, channel = cluster.kubernetes_version, cluster.upgrades.channel
    if (
        version
        and version.count(".") == 2
        and channel not in (UpgradeChannel.NONE, UpgradeChannel.NODE_IMAGE)
    ):
        minor = version.rsplit(".", 1)[0]
        yield Violation(
            ("kubernetes_version",),
            f"{version!r} names a patch version, but upgrades.channel {channel} chooses it",
            "write the minor version only",
            minor,
        )
