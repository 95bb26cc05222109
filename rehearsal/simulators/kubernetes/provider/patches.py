"""Deletion of a patch: the fields that it has set go from the object.

pulumi-kubernetes, provider/pkg/ssa/actions.go (Relinquish): an empty apply, so that fields of no other
manager go. The simulated cluster does not record other managers: every field of the patch goes, except lists
and hashed values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.fields import is_hashed
from rehearsal.simulators.kubernetes.api.server import ApiServer
from rehearsal.simulators.kubernetes.api.store import identity

_IDENTITY: Final = ("name", "namespace")
_REQUIRED: Final = re.compile(r"(?<![\w.\]])(?<![\w\]]\[)(\w[\w.\[\]]*): Required value")


def relinquish(cluster: ApiServer, patch: Mapping[str, Any]) -> None:
    """Remove the patch's fields from its object. Raises ApiError."""
    metadata = patch.get("metadata") or {}
    own_name = {name: metadata[name] for name in _IDENTITY if name in metadata}
    live = cluster.get(*identity(patch))
    if live is None:
        # An apply makes a missing object, even when it was meant to empty it.
        cluster.create({"apiVersion": patch["apiVersion"], "kind": patch["kind"], "metadata": own_name})
        return
    fields = {name: value for name, value in patch.items() if name not in ("apiVersion", "kind")}
    fields["metadata"] = {name: value for name, value in metadata.items() if name not in _IDENTITY}
    try:
        cluster.replace(_without_fields(live, fields))
    except ApiError as error:
        if match := _REQUIRED.search(str(error)):
            # Delete in provider/pkg/provider/provider.go
            raise ApiError(
                "this Patch resource is currently managing a required field, so it can't be deleted "
                "directly. Either set the "
                "`retainOnDelete` resource option, or transfer ownership of the field before deleting: "
                f"{match[1]}"
            ) from error
        raise


def _without_fields(live: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The live value without the fields; an object that becomes empty goes as well."""
    left: dict[str, Any] = {}
    for name, value in live.items():
        if (
            name not in fields
            or isinstance(value, list)
            or (is_hashed(value) and isinstance(fields[name], Mapping))
        ):
            left[name] = value
        elif (
            isinstance(value, Mapping)
            and isinstance(fields[name], Mapping)
            and (rest := _without_fields(value, fields[name]))
        ):
            left[name] = rest
    return left
