"""Resource groups."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi import ResourceOptions
from pulumi_azure_native import resources


def make_resource_group(
    logical_name: str,
    *,
    name: str,
    location: str,
    tags: Mapping[str, str],
    aliases: Sequence[pulumi.Alias] = (),
) -> resources.ResourceGroup:
    """A resource group; ``aliases`` are its former logical names."""
    opts = ResourceOptions(aliases=list(aliases))
    return resources.ResourceGroup(
        logical_name, resource_group_name=name, location=location, tags=tags, opts=opts
    )
