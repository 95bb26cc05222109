"""What becomes of an object when a patch of it is deleted.

pulumi-kubernetes, provider/pkg/ssa/actions.go (Relinquish): an apply that says nothing, so that what the patch alone has set goes.
Who else has set a field is not recorded here: whatever the patch says goes, but for lists
and what is known as a hash only, which stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.fields import is_sealed
from rehearsal.simulators.kubernetes.api.server import ApiServer
from rehearsal.simulators.kubernetes.api.store import identity

_IDENTITY: Final = ("name", "namespace")
_REQUIRED: Final = re.compile(r"([\w.\[\]]+): Required value")


def relinquish(cluster: ApiServer, patch: Mapping[str, Any]) -> None:
    given = patch.get("metadata") or {}
    alone = {name: given[name] for name in _IDENTITY if name in given}
    live = cluster.get(*identity(patch))
    if live is None:
        # An apply makes what is not there, whatever it was meant for.
        cluster.create({"apiVersion": patch["apiVersion"], "kind": patch["kind"], "metadata": alone})
        return
    said = {name: value for name, value in patch.items() if name not in ("apiVersion", "kind")}
    said["metadata"] = {name: value for name, value in given.items() if name not in _IDENTITY}
    try:
        cluster.replace(_less(live, said))
    except ApiError as error:
        if found := _REQUIRED.search(str(error)):
            # Delete in provider/pkg/provider/provider.go
            raise ApiError(
                "this Patch resource is currently managing a required field, so it can't be deleted directly. Either set the "
                f"`retainOnDelete` resource option, or transfer ownership of the field before deleting: {found[1]}"
            ) from error
        raise


def _less(live: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What is there without what was said; an object that this empties goes with it."""
    left: dict[str, Any] = {}
    for name, value in live.items():
        if (
            name not in said
            or isinstance(value, list)
            or (is_sealed(value) and isinstance(said[name], Mapping))
        ):
            left[name] = value
        elif (
            isinstance(value, Mapping)
            and isinstance(said[name], Mapping)
            and (rest := _less(value, said[name]))
        ):
            left[name] = rest
    return left
