"""The README of a hand-over: what is where, and how Kustomize, Argo CD, Flux and Helm take it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from operations.handover.helm import KEYS
from operations.handover.pods import HandedOver

_PAGE = "docs/gitops.md"


def readme(stack: str, workloads: Sequence[HandedOver], source: str) -> str:
    """The text in Markdown. ``source``: where the outputs come from; empty: the stack itself."""
    rows = "\n".join(map(_row, workloads))
    keys = "\n".join(f"| `{key}` | {_code(own)} | {_code(bitnami)} |" for key, (own, bitnami) in KEYS.items())
    example = workloads[0]
    foreign = [workload for workload in workloads if workload.account_annotations is not None]
    warning = f"\n**Made from {source}: ids in it are made up. Do not deploy it.**\n" if source else ""
    return f"""# Pods of stack {stack}

Written by `python -m operations handover`; a change here is lost the next time. With `--check` instead of
`--out` the command tells whether the folder is stale.
{warning}
The stack makes ServiceAccounts, identities, rights and whatever delivers the values. It does not make these
pods: the tool that deploys them adds what stands in the folder of each workload. No file holds a value of a
secret.

| workload | namespace | object, container | ServiceAccount | technique | Kubernetes Secrets |
|---|---|---|---|---|---|
{rows}
{_foreign(foreign)}
The object is a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob or Pod of that name. **Kustomize
says nothing if there is no such object, and adds a container without an image if there is no such
container**: `--target {example.workload}=NAME:CONTAINER` writes the folder for other names. Objects of other
kinds (an Argo Rollout) need the contents of `pod-template.yaml` in their own manifest.

## Kustomize

```yaml
# kustomization.yaml
components:
  - {example.workload}        # this folder, copied or referred to
```

Variables of the component come before those of the object, which may refer to them by `$(NAME)`. The
component sets no namespace.

## Helm

`values.yaml` of a folder, with `--values`. The names of the keys differ from chart to chart:

| here | chart of `helm create` | charts of Bitnami |
|---|---|---|
{keys}

A chart that takes none of them can be patched by the component: as post-renderer, in Flux by `postRenderers`.

More, with Argo CD and Flux: `{_PAGE}` of the project.
"""


def _foreign(workloads: Sequence[HandedOver]) -> str:
    """The annotations that owners of ServiceAccounts add; empty: the stack annotates all of them."""
    lines = [
        f"- `{workload.namespace}/{workload.service_account}` ({workload.workload}): "
        + ", ".join(f"`{key}: {value}`" for key, value in (workload.account_annotations or {}).items())
        for workload in workloads
    ]
    if not lines:
        return ""
    text = """
The stack leaves these ServiceAccounts as they are. The tool that owns one adds its annotations
(`service-account.yaml`, `values.yaml`), or names the client id where it uses it. Their pods need the labels,
and are replaced when the annotations change:
"""
    return text + "\n" + "\n".join(lines) + "\n"


def _row(workload: HandedOver) -> str:
    secrets = ", ".join(f"`{name}`" for name in workload.secrets) or "–"
    target = f"`{workload.target.name}`, `{workload.target.container}`"
    cells = (
        f"[{workload.workload}]({PurePath(workload.workload)})",
        f"`{workload.namespace}`" if workload.namespace else "–",
        target,
        f"`{workload.service_account}`",
        workload.technique or "–",
        secrets,
    )
    return f"| {' | '.join(cells)} |"


def _code(name: str) -> str:
    key, colon, note = name.partition(":")
    return name if name == "–" else f"`{key}`{colon}{note}"
