"""Evidence of a failure, collected before anything is deleted: pods, events, Azure's activity log.

No value of a secret is read: of Secrets only their names and keys are listed. What cannot be
read is listed as such.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from operations.acceptance.run_folder import RunFolder
from operations.azure.api_versions import CONTAINER_SERVICE
from operations.azure.documents import at, objects_at, text_at
from operations.azure.session import AzureSession
from operations.errors import OperationError
from operations.kubernetes_access import Kubeconfig, KubernetesApi, namespaced
from operations.verify.techniques import evidence
from stacks.settings.azure_names import AzureNames

_ACTIVITY: Final = "2015-04-01"
_LINES: Final = 120


def collect(folder: RunFolder, names: AzureNames, session: AzureSession, started: str) -> dict[str, str]:
    """Title → text. It raises nothing: a part that cannot be read says why."""
    parts: dict[str, Callable[[], Iterator[str]]] = {
        "Failed operations of Azure": lambda: _activity(session, names, started),
        "Pods": lambda: _pods(_api(session, names)),
        "Events": lambda: _events(_api(session, names)),
        "Objects of the operators": lambda: _objects(_api(session, names)),
    }
    texts = {title: _text(lines) for title, lines in parts.items()}
    for title, text in texts.items():
        folder.write(f"evidence/{title.lower().replace(' ', '-')}.txt", text)
    return texts


def _text(lines: Callable[[], Iterator[str]]) -> str:
    try:
        texts = list(lines())
    except OperationError as error:
        return f"cannot be read: {error}"
    except Exception as error:  # evidence of a failure must not fail itself; an answer may have any form
        return f"cannot be read: {type(error).__name__}"
    if len(texts) > _LINES:
        texts = [f"… {len(texts) - _LINES} lines before", *texts[-_LINES:]]
    return "\n".join(texts) or "none"


def _activity(session: AzureSession, names: AzureNames, started: str) -> Iterator[str]:
    """https://learn.microsoft.com/rest/api/monitor/activity-logs/list"""
    events = session.pages(
        f"{session.subscription}/providers/Microsoft.Insights/eventtypes/management/values",
        _ACTIVITY,
        **{"$filter": f"eventTimestamp ge '{started}' and resourceGroupName eq '{names.resource_group}'"},
    )
    for event in events:
        if text_at(event, "status", "value") == "Failed":
            reason = text_at(event, "properties", "statusMessage")[:400]
            yield " ".join(
                filter(
                    None,
                    [
                        text_at(event, "eventTimestamp")[:19],
                        text_at(event, "operationName", "value"),
                        text_at(event, "resourceId").rpartition("/providers/")[2],
                        text_at(event, "subStatus", "value"),
                        reason,
                    ],
                )
            )


def _api(session: AzureSession, names: AzureNames) -> KubernetesApi:
    path = f"{names.cluster_id}/listClusterUserCredential"
    answer = session.post(path, CONTAINER_SERVICE, format="exec")
    value = text_at(objects_at(answer, "kubeconfigs")[0], "value")
    return KubernetesApi(Kubeconfig.read(b64decode(value).decode(errors="replace")), session.credential)


def _pods(api: KubernetesApi) -> Iterator[str]:
    for pod in api.items(namespaced("v1", "", "pods")):
        states = [
            _container(status)
            for key in ("initContainerStatuses", "containerStatuses")
            for status in objects_at(pod, "status", key)
        ]
        name = f"{text_at(pod, 'metadata', 'namespace')}/{text_at(pod, 'metadata', 'name')}"
        yield f"{name}: {text_at(pod, 'status', 'phase')}; {'; '.join(states)}"
        for condition in objects_at(pod, "status", "conditions"):
            if text_at(condition, "status") != "True" and text_at(condition, "message"):
                parts = (text_at(condition, key) for key in ("type", "reason", "message"))
                yield f"  {': '.join(parts)}"


def _container(status: Mapping[str, Any]) -> str:
    name, state = text_at(status, "name"), at(status, "state")
    for kind in ("waiting", "terminated"):
        if reason := text_at(state, kind, "reason"):
            return f"{name} {kind}: {reason} {text_at(state, kind, 'message')}".rstrip()
    ready = "ready" if at(status, "ready") is True else "not ready"
    return f"{name} {ready}, {at(status, 'restartCount')} restarts"


def _events(api: KubernetesApi) -> Iterator[str]:
    events = [
        event for event in api.items(namespaced("v1", "", "events")) if text_at(event, "type") != "Normal"
    ]
    for event in sorted(
        events, key=lambda each: text_at(each, "lastTimestamp") or text_at(each, "eventTime")
    ):
        about = at(event, "involvedObject")
        where = f"{text_at(about, 'kind')} {text_at(about, 'namespace')}/{text_at(about, 'name')}"
        yield f"{where}: {text_at(event, 'reason')}: {text_at(event, 'message')}"


def _objects(api: KubernetesApi) -> Iterator[str]:
    for group, plural in evidence():
        try:
            objects = list(api.items(namespaced(group, "", plural)))
        except OperationError as error:
            yield f"{plural}: {error}"
            continue
        for each in objects:
            name = f"{plural} {text_at(each, 'metadata', 'namespace')}/{text_at(each, 'metadata', 'name')}"
            conditions = [_condition(condition) for condition in objects_at(each, "status", "conditions")]
            mounted = at(each, "status", "mounted")
            status = "no status" if mounted is None else f"mounted={mounted}"
            yield f"{name}: {'; '.join(conditions) or status}"


def _condition(condition: Mapping[str, Any]) -> str:
    parts = [text_at(condition, key) for key in ("status", "reason", "message")]
    return f"{text_at(condition, 'type')}={' '.join(filter(None, parts))}"
