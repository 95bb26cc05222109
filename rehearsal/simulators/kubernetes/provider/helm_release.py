"""helm.v3.Release: the release object in the cluster. No chart is fetched or rendered.

pulumi-kubernetes, provider/pkg/provider/helm_release.go.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import merge
from rehearsal.simulators.diff import Change, Difference, Path, changes
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.kubernetes.api.server import ApiServer
from rehearsal.simulators.kubernetes.api.store import NAMESPACE, RELEASE
from rehearsal.simulators.provider import Call, Properties, ProviderError
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.shape import Failure, failures
from rehearsal.simulators.wire import Secret, mark_secret_texts, mark_secrets, plain
from rehearsal.simulators.world import World

TOKEN: Final = "kubernetes:helm.sh/v3:Release"


def check(call: Call) -> tuple[Properties, list[Failure]]:
    inputs = {name: value for name, value in call.inputs.items() if value is not None}
    sdk = resource_type(TOKEN)
    assert sdk is not None, "the SDK has Release"
    # The SDK sends the version of its release schema as `compat`.
    problems = list(failures(plain(inputs), sdk.inputs, also=frozenset({"compat", "resourceNames"})))
    if "name" not in inputs:
        seed = (call.seed or secrets.token_bytes(4))[:4].hex()
        inputs["name"] = plain(call.olds).get("name") or call.proposed_name or f"{call.name}-{seed}"
    inputs.setdefault("namespace", plain(call.olds).get("namespace", "default"))
    return inputs, problems


def create(call: Call, cluster: ApiServer, status: str) -> tuple[str, Properties]:
    """`status` is that of the release when Helm ends: `deployed`, or `pending-install` if it was cut off."""
    bare = plain(call.inputs)
    name, namespace = bare["name"], bare["namespace"]
    if cluster.get(RELEASE, namespace, name) is not None:
        # pulumi-kubernetes#2758
        raise ProviderError("cannot re-use a name that is still in use")
    if cluster.get(NAMESPACE, "", namespace) is None:
        if not bare.get("createNamespace"):
            raise ProviderError(f'create: failed to create: namespaces "{namespace}" not found')
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    try:
        cluster.create({**_manifest(bare), "status": {"status": status}})
    except ApiError as error:
        raise ProviderError(str(error)) from error
    return f"{namespace}/{name}", mark_secrets(_outputs(bare, 1, status), call.inputs)


def update(call: Call, cluster: ApiServer) -> Properties:
    bare = plain(call.inputs)
    before = cluster.get(RELEASE, bare["namespace"], bare["name"])
    if before is None:
        raise ProviderError(f'update: "{bare["name"]}" has no deployed releases')
    if _status(before).startswith("pending-"):
        # helm, pkg/action/upgrade.go, prepareUpgrade: errPending of pkg/action/action.go
        raise ProviderError("another operation (install/upgrade/rollback) is in progress")
    live = cluster.replace(_manifest(bare))
    return mark_secrets(_outputs(bare, int(live["metadata"]["generation"])), call.inputs)


def read(call: Call, cluster: ApiServer, world: World) -> tuple[str, Properties, Properties] | None:
    """The outputs with the live values, version and status; the inputs stay as they are.

    Read, setReleaseAttributes.
    """
    namespace, _, name = call.id.rpartition("/")
    live = cluster.get(RELEASE, namespace, name)
    if live is None:
        return None
    old, spec = plain(call.olds), live["spec"]
    values = world.resolve_hashes(spec.get("values") or {}, old.get("values") or {})
    new_values = merge(old.get("values") or {}, values)
    changed = {"values": new_values} if new_values != (old.get("values") or {}) else {}
    if spec.get("version") and spec["version"] != old.get("version"):
        changed["version"] = spec["version"]
    shown = {"name": name, "namespace": namespace, "chart": spec["chart"], "version": spec.get("version", "")}
    revision = int(live["metadata"]["generation"])
    changed["status"] = _release_status(shown, revision, _status(live), old.get("status") or {})
    changed.setdefault("resourceNames", old.get("resourceNames") or {})
    return call.id, {**call.olds, **mark_secrets(changed, call.olds)}, call.inputs


def difference(call: Call) -> Difference:
    """Changes of the inputs, and the drift of the release from them."""
    old, new = plain(call.old_inputs), plain(call.inputs)
    changed, drift = changes(old, new), _drift(plain(call.olds), new)
    return Difference(
        {**drift, **changed},
        frozenset(path for path in changed if path[0] in ("name", "namespace")),
        delete_first=True,
        drifted=frozenset(drift) - frozenset(changed),
    )


def _drift(olds: Properties, inputs: Properties) -> dict[Path, Change]:
    """Differences between the release and its inputs.

    Diff merges three ways, so that what only the release has stays.
    """
    names = [name for name in ("values", "version") if name in inputs and name in olds]
    drift = changes({name: olds[name] for name in names}, {name: inputs[name] for name in names})
    return {path: change for path, change in drift.items() if change != "delete" or isinstance(path[-1], int)}


def delete(call: Call, cluster: ApiServer) -> None:
    namespace, _, name = call.id.rpartition("/")
    cluster.delete(RELEASE, namespace, name)


def _manifest(bare: Properties) -> dict[str, Any]:
    """The release object.

    The world keeps texts among the values as hashes, because they may hold an unmarked secret.
    """
    values = bare.get("values") or {}
    return {
        "apiVersion": RELEASE.api_version,
        "kind": RELEASE.name,
        "metadata": {"name": bare["name"], "namespace": bare["namespace"]},
        "spec": {
            "chart": bare["chart"],
            "version": bare.get("version", ""),
            "values": mark_secret_texts(values, Secret(values)),
        },
    }


def _status(live: Mapping[str, Any]) -> str:
    """Status of a release; releases of earlier versions of the rehearsal have none."""
    return (live.get("status") or {}).get("status", "deployed")


def _release_status(
    bare: Mapping[str, Any], revision: int, status: str, old: Mapping[str, Any]
) -> Properties:
    return {
        "name": bare["name"],
        "namespace": bare["namespace"],
        "chart": bare["chart"],
        "appVersion": bare.get("version", ""),
        **old,
        "version": bare.get("version", ""),
        "revision": revision,
        "status": status,
    }


def _outputs(bare: Properties, revision: int, status: str = "deployed") -> Properties:
    return {**bare, "status": _release_status(bare, revision, status, {}), "resourceNames": {}}
