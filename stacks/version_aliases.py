"""Resources without the aliases of former API versions, of which the SDK makes three quarters of all outputs.

Each class of azure-native lists the versions of its API as aliases: a state may hold
`azure-native:keyvault/v20230701:Secret`, if a program has once chosen that version. This program never names
a version, so no state of it holds one; and the SDK makes a dozen outputs of each alias, to find a URN that
the engine finds by itself. Aliases of anything but the version stay: those of the components, and those of a
type that has got another name.
"""

from __future__ import annotations

import copy
from typing import Any

import pulumi


def drop_version_aliases() -> None:
    """Drop them from all resources of the stack that are registered from now on."""
    pulumi.runtime.register_stack_transformation(_without_version_aliases)


def _without_version_aliases(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    aliases = args.opts.aliases
    if not aliases:
        return None
    kept = [alias for alias in aliases if not is_former_version(alias, args.type_)]
    if len(kept) == len(aliases):
        return None
    # A copy that shares its values: a merge would append to the list.
    opts = copy.copy(args.opts)
    opts.aliases = kept
    return pulumi.ResourceTransformationResult(args.props, opts)


def is_former_version(alias: object, type_token: str) -> bool:
    """Whether the alias says only that the type once was that of one version of its API."""
    if not isinstance(alias, pulumi.Alias) or not isinstance(alias.type_, str):
        return False
    # The SDK declares no type for the `...` that stands for what an alias does not name.
    others: list[Any] = [alias.name, alias.parent, alias.stack, alias.project]
    if any(other is not ... for other in others):
        return False
    # <package>:<module>/v<version>:<name>, where the type has no version.
    module, _, name = alias.type_.rpartition(":")
    unversioned, _, version = module.partition("/")
    return version.startswith("v") and f"{unversioned}:{name}" == type_token
