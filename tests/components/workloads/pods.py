"""Workloads with a pod, and the parts of their owner's manifest."""

from typing import Any

from aks_secrets_testing.builds import Build, build, built_once
from components.workloads import Pod, WorkloadKind
from tests.support import samples

RUNNING = [kind for kind in WorkloadKind if kind is not WorkloadKind.NONE]

IMAGE = "registry.example/shop:1"


@built_once
def workload_of(kind: WorkloadKind = WorkloadKind.DEPLOYMENT, *, preview: bool = False, **pod: Any) -> Build:
    if kind is WorkloadKind.CRON_JOB:
        pod.setdefault("schedule", "@daily")
    return build(lambda: samples.workload(pod=Pod(image=IMAGE, kind=kind, **pod)), preview=preview)


def owner_of(built: Build, kind: WorkloadKind = WorkloadKind.DEPLOYMENT) -> Any:
    return built.single(kind).plain()


def template_of(built: Build, kind: WorkloadKind = WorkloadKind.DEPLOYMENT) -> Any:
    owner = owner_of(built, kind)
    if kind is WorkloadKind.POD:
        return owner
    return (
        owner["spec"]["jobTemplate"]["spec"]["template"]
        if kind is WorkloadKind.CRON_JOB
        else owner["spec"]["template"]
    )


def container_of(built: Build, kind: WorkloadKind = WorkloadKind.DEPLOYMENT) -> Any:
    (container,) = template_of(built, kind)["spec"]["containers"]
    return container
