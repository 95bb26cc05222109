"""Dapr's sidecar: what it reads when it starts, why it does not start, and what it knows later.

dapr/dapr v1.18.3: pkg/runtime/{config,runtime}.go, pkg/runtime/processor/{components,secret/secret}.go,
pkg/operator/api/{components, configurations}.go, pkg/config/configuration.go. Secret stores are the only
components that are simulated; any other starts if its type begins with a known category.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import SERVICE_ACCOUNT, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators import workload_identity
from rehearsal.simulators.kubernetes.operators.dapr import key_vault, settings
from rehearsal.simulators.kubernetes.operators.dapr.detection import installed
from rehearsal.simulators.kubernetes.operators.dapr.kinds import COMPONENT, CONFIGURATION, SIDECAR_STATE
from rehearsal.simulators.kubernetes.operators.dapr.settings import BUILT_IN, DaprdError
from rehearsal.simulators.kubernetes.operators.dapr.webhook import sidecar_of

_LEVELS: Final = ("debug", "info", "warn", "error", "fatal")
_CATEGORIES: Final = (
    *(
        "bindings",
        "pubsub",
        "secretstores",
        "state",
        "workflow",
        "workflowbackend",
        "middleware",
        "configuration",
    ),
    *("crypto", "lock", "nameresolution", "conversation"),
)
"""pkg/components/category.go"""
_STORES: Final = frozenset(
    # cmd/daprd/components/secretstores_*.go
    f"secretstores.{name}"
    for name in (
        *("alicloud.parameterstore", "aws.parameterstore", "aws.secretmanager", "azure.keyvault"),
        *(
            "gcp.secretmanager",
            "hashicorp.vault",
            "huaweicloud.csms",
            "kubernetes",
            "local.env",
            "local.file",
            "tencentcloud.ssm",
        ),
    )
)
_FIRST: Final = ("", "v0", "v1")
"""IsInitialVersion in pkg/components/versions.go"""


def start(objects: ObjectStore, pod: Manifest) -> None:
    """Start the sidecar of a pod, if it has one: it reads configuration and components. Raises DaprdError."""
    if sidecar_of(pod) is None:
        return
    metadata = pod["metadata"]
    stop(objects, pod)
    known = _read(objects, pod)
    here = installed(objects)
    place = {"name": metadata["name"], "namespace": metadata["namespace"]}
    reloads = here is not None and here.reloads
    objects.put(
        {
            "apiVersion": SIDECAR_STATE.api_version,
            "kind": SIDECAR_STATE.name,
            "metadata": place,
            "reloads": reloads,
            **known,
        }
    )


def stop(objects: ObjectStore, pod: Manifest) -> None:
    objects.drop(SIDECAR_STATE, pod["metadata"]["namespace"], pod["metadata"]["name"])


def runs(objects: ObjectStore, pod: Manifest) -> bool:
    """Whether the pod's sidecar has started and was not stopped since."""
    return objects.get(SIDECAR_STATE, pod["metadata"]["namespace"], pod["metadata"]["name"]) is not None


def known(objects: ObjectStore, pod: Manifest) -> Mapping[str, Any] | None:
    """Configuration and components that the sidecar knows; None if it does not run.

    Since 1.18 a sidecar follows changes, unless its Configuration switches that off; before, it keeps what it
    has read at its start. Raises DaprdError if a change has ended it.
    https://v1-18.docs.dapr.io/operations/configuration/hotreload/
    """
    state = objects.get(SIDECAR_STATE, pod["metadata"]["namespace"], pod["metadata"]["name"])
    if state is None:
        return None
    # Changes reach it through Dapr's operator.
    reloads = state["reloads"] and installed(objects) is not None
    for feature in mappings(mapping(state["configuration"]).get("features")):
        if feature.get("name") == "HotReload":
            reloads = bool(feature.get("enabled")) and installed(objects) is not None
    return _read(objects, pod) if reloads else state


def variables(pod: Manifest) -> dict[str, str]:
    """Environment variables of the sidecar with a plain value."""
    return workload_identity.variables(sidecar_of(pod) or {})


def app_id(pod: Manifest) -> str:
    return str(_flag(pod, "--app-id") or "")


def _read(objects: ObjectStore, pod: Manifest) -> Manifest:
    """Configuration and secret stores of the sidecar. Raises DaprdError."""
    level = str(_flag(pod, "--log-level"))
    # logger/options.go of github.com/dapr/kit v0.18.3
    if level.lower() not in _LEVELS and not is_hashed(level):
        raise DaprdError(f"invalid value for --log-level: {level}")
    configuration = _configuration(objects, pod["metadata"]["namespace"], _flag(pod, "--config"))
    built_in = "--disable-builtin-k8s-secret-store" not in (sidecar_of(pod) or {}).get("args", ())
    if built_in and not has_token(objects, pod):
        # dapr/docs#5014
        raise _failed(
            BUILT_IN,
            "secretstores.kubernetes/v1",
            "stat /home/nonroot/.kube/config: no such file or directory",
        )
    stores, started = _components(objects, pod, built_in)
    return {"configuration": configuration, "builtIn": built_in, "stores": stores, "components": started}


def _configuration(objects: ObjectStore, namespace: str, name: str | None) -> Mapping[str, Any]:
    if not name or is_hashed(name):
        return {}
    configuration = objects.get(CONFIGURATION, namespace, name)
    if configuration is None:
        raise DaprdError(
            "Fatal error from runtime: error loading configuration: rpc error: code = Unknown desc = "
            "error getting configuration "
            f'{namespace}/{name}: Configuration.dapr.io "{name}" not found'
        )
    spec, seen = mapping(configuration.get("spec")), set[str]()
    for scope in mappings(mapping(spec.get("secrets")).get("scopes")):
        store, default = str(scope.get("storeName", "")), str(scope.get("defaultAccess") or "")
        if store in seen:
            raise DaprdError(
                f"Fatal error from runtime: error loading configuration: {store} storeName is repeated in "
                "secrets configuration"
            )
        if default and default.lower() not in ("allow", "deny") and not is_hashed(default):
            raise DaprdError(
                f"Fatal error from runtime: error loading configuration: defaultAccess {default} can be "
                "either allow or deny"
            )
        seen.add(store)
    return spec


def has_token(objects: ObjectStore, pod: Manifest) -> bool:
    """Whether the pod has a ServiceAccount token.

    https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
    """
    account = objects.get(SERVICE_ACCOUNT, pod["metadata"]["namespace"], account_of(pod)) or {}
    automounts = mapping(pod.get("spec")).get(
        "automountServiceAccountToken", account.get("automountServiceAccountToken")
    )
    return automounts is not False


def account_of(pod: Manifest) -> str:
    return str(mapping(pod.get("spec")).get("serviceAccountName") or "default")


def _components(objects: ObjectStore, pod: Manifest, built_in: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Type and properties by name: of each secret store, and of each Component that has started. Raises
    DaprdError.
    """
    namespace, own = pod["metadata"]["namespace"], app_id(pod)
    components = [
        (component, settings.by_operator(objects, component))
        for component in objects.all_of(COMPONENT, namespace)
        if not component.get("scopes") or own in component["scopes"]
    ]
    stores: dict[str, Any] = (
        {BUILT_IN: {"type": "secretstores.kubernetes", "properties": {}}} if built_in else {}
    )
    started: dict[str, Any] = {}
    # Secret stores come first (loadComponents).
    for component, properties in sorted(components, key=lambda pair: not _is_secret_store(pair[0])):
        name, spec = component["metadata"]["name"], mapping(component.get("spec"))
        kind, version = str(spec.get("type", "")), str(spec.get("version") or "")
        needed = settings.store_of(component)
        if needed != BUILT_IN and settings.references(component):
            if needed not in stores:
                continue  # it waits for that store
            properties = properties | settings.by_store(objects, pod, component, stores[needed])
        try:
            if kind.split(".")[0] not in _CATEGORIES and not is_hashed(kind):
                raise DaprdError(
                    f"Fatal error from runtime: process component {name} error: incorrect type {kind}"
                )
            if built_in and name == BUILT_IN:
                # AddPendingComponentForCommit in pkg/runtime/compstore/components.go
                raise _failed(name, f"{kind}/{version}", f"component {name} already exists", again=False)
            if kind.startswith("secretstores."):
                _init(pod, name, kind, version, properties)
                stores[name] = {"type": kind, "properties": properties}
            started[name] = {"type": kind, "properties": properties}
        except DaprdError:
            if spec.get("ignoreErrors") is not True:
                raise
    return stores, started


def _is_secret_store(component: Manifest) -> bool:
    return str(mapping(component.get("spec")).get("type")).startswith("secretstores.")


def _init(pod: Manifest, name: str, kind: str, version: str, properties: Mapping[str, str]) -> None:
    shown = f"{kind}/{version}"
    if kind.lower() not in _STORES or version.lower() not in _FIRST:
        raise _failed(name, shown, f"couldn't find secret store {shown}", "CREATE_COMPONENT_FAILURE")
    if kind.lower() == key_vault.TYPE:
        try:
            key_vault.start(properties, variables(pod))
        except key_vault.InitError as error:
            raise _failed(name, shown, str(error)) from error


def _failed(
    name: str, shown: str, why: str, kind: str = "INIT_COMPONENT_FAILURE", *, again: bool = True
) -> DaprdError:
    """The error of a component. A store's own refusal has its introduction twice, as dapr/dapr#7682 shows."""
    occurred = f"initialization error occurred for {name} ({shown})"
    inner = f"[{kind}]: {occurred}: " if again else ""
    return DaprdError(
        f"Fatal error from runtime: process component {name} error: [INIT_COMPONENT_FAILURE]: {occurred}: "
        f"{inner}{why}"
    )


def _flag(pod: Manifest, name: str) -> str | None:
    arguments = list((sidecar_of(pod) or {}).get("args") or ())
    return arguments[arguments.index(name) + 1] if name in arguments else None
