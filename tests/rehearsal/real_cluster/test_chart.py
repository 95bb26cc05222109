"""The chart's values become flags and rights of the real controller."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rehearsal.real_cluster.external_secrets.chart import Deployed
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import installed
from tests.support.acting import Azure
from tests.support.eso import EsoScene

NARROW: dict[str, Any] = {
    "rbac": {"serviceAccountTokenCreate": False},
    **{f"process{kind}": False for kind in ("ClusterStore", "ClusterExternalSecret", "ClusterPushSecret")},
    "processPushSecret": False,
}
"""Values that the program sets."""


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    made = Azure(tmp_path / "world")
    made.group()
    return made


def deployed(azure: Azure, **values: Any) -> Deployed:
    EsoScene(azure, **values)
    (id_,) = azure.world.kubernetes
    objects = SimulatedCluster(azure.world, id_)
    release = installed(objects)
    assert release is not None
    return Deployed(objects, release)


def resources(operator: Deployed) -> set[str]:
    return {resource for rule in operator.rights()[0]["rules"] for resource in rule["resources"]}


def test_the_defaults_serve_every_kind_in_all_namespaces(azure: Azure) -> None:
    operator = deployed(azure)
    assert operator.flags() == ["--concurrent=1", "--loglevel=info"]
    assert {"clustersecretstores", "pushsecrets", "serviceaccounts/token"} <= resources(operator)
    assert [object_["kind"] for object_ in operator.rights()] == ["ClusterRole", "ClusterRoleBinding"]
    assert operator.account == "eso-external-secrets"


def test_the_programs_values_take_rights_and_kinds_away(azure: Azure) -> None:
    operator = deployed(azure, **NARROW, serviceAccount={"name": "external-secrets"})
    assert len([flag for flag in operator.flags() if flag.endswith("-reconciler=false")]) == 4
    assert not {"clustersecretstores", "pushsecrets", "serviceaccounts/token"} & resources(operator)
    assert operator.account == "external-secrets"


def test_a_scoped_operator_watches_one_namespace_with_a_role_in_it(azure: Azure) -> None:
    operator = deployed(azure, scopedNamespace="demo", scopedRBAC=True)
    assert "--namespace=demo" in operator.flags()
    role, binding = operator.rights()
    assert (role["kind"], role["metadata"]["namespace"]) == ("Role", "demo")
    assert binding["roleRef"]["kind"] == "Role"
