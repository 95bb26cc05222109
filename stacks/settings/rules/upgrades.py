"""Rules for section ``upgrades``."""

from collections.abc import Iterator

from components.cluster.aks_cluster import NodeOsUpgradeChannel, UpgradeChannel
from stacks.settings.model.upgrades import UPGRADES, UpgradeSettings
from stacks.settings.validation.registry import Violation, rule


@rule("node-image-channels-agree", UpgradeSettings, source=UPGRADES)
def node_image_channel_wants_node_image(upgrades: UpgradeSettings) -> Iterator[Violation]:
    """The cluster channel node-image works only with the node OS channel NodeImage."""
    if (
        upgrades.channel is UpgradeChannel.NODE_IMAGE
        and upgrades.node_os_channel is not NodeOsUpgradeChannel.NODE_IMAGE
    ):
        yield Violation(
            ("node_os_channel",),
            f"{upgrades.node_os_channel} does not go with channel node-image",
            "choose NodeImage",
            "NodeImage",
        )
