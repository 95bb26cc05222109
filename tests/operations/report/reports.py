"""Reports of changes of one small stack, each built on Pulumi mocks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from operations.report.build import build_report
from operations.report.model import Report
from tests.trust.graphs import build_config
from trust import Graph

Config = dict[str, Any]
TODAY = date(2030, 1, 1)
CONFIG: Config = {
    "azure-native:location": "westeurope",
    "composition": "all-in-one",
    "cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}},
    "vault": {"purge_protection": True},
    "operators": {"csi_driver": {}, "external_secrets": {}},
    "workloads": [
        {
            "name": "web",
            "namespace": "web",
            "technique": "csi",
            "image": "ghcr.io/stefanprodan/podinfo:6.14.1",
            "secrets": [
                {"name": "payment-api-key", "from": "random", "file": "key"},
                {"name": "web-password", "from": "random", "file": "password"},
            ],
        },
        {
            "name": "worker",
            "namespace": "worker",
            "technique": "sdk",
            "kind": "none",
            "secrets": [{"name": "worker-password", "from": "random"}],
        },
    ],
}


@cache
def base() -> Graph:
    """The stack before the change."""
    return build_config(CONFIG).graph


@cache
def report_of(change: Callable[[Config], Any] | None = None) -> Report:
    """The report of a change of the stack; without one, of the stack itself."""
    if change is None:
        return build_report("dev", base(), today=TODAY)
    config = copy.deepcopy(CONFIG)
    change(config)
    return build_report("dev", build_config(config).graph, base(), TODAY)


def move_a_secret(config: Config) -> None:
    """`payment-api-key` moves from web to worker."""
    web, worker = config["workloads"]
    web["secrets"] = web["secrets"][1:]
    worker["secrets"].append({"name": "payment-api-key", "from": "random"})


def change_nothing(_: Config) -> None:
    """The same stack again."""


def many(number: int) -> Report:
    """The report of a change by which each of many workloads gains one reading and loses another."""
    report = report_of(move_a_secret)
    gained, lost = report.readings[:2]
    readings = [
        reading.model_copy(
            update={
                "workload": f"service-{index}",
                "namespace": f"team-{index % 12}",
                "name": f"secret-of-the-service-{index}",
                "links": [
                    link.model_copy(
                        update={"source": f"{link.source}-{index}", "target": f"{link.target}-{index}"}
                    )
                    for link in reading.links
                ],
            }
        )
        for index in range(number)
        for reading in (gained, lost)
    ]
    resources = [
        change.model_copy(
            update={"name": f"{change.name}-{index}", "operation": "replace", "causes": ["location"]}
        )
        for index in range(number)
        for change in report.resources[:9]
    ]
    return report.model_copy(update={"stack": "many", "readings": readings, "resources": resources})
