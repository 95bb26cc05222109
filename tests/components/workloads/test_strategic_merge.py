"""Strategic merge, by the examples of Kubernetes' documentation."""

from typing import Any

import pytest

from components.workloads.strategic_merge import merge

_REDIS = {"name": "redis", "image": "redis"}
_NGINX = {"name": "nginx", "image": "nginx", "env": [{"name": "A", "value": "1"}]}


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        # https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
        ({"containers": [_NGINX]}, {"containers": [_REDIS]}, {"containers": [_NGINX, _REDIS]}),
        (
            {"tolerations": [{"key": "dedicated"}]},
            {"tolerations": [{"key": "disktype"}]},
            {"tolerations": [{"key": "disktype"}]},
        ),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}}, {"a": {"x": 1, "y": 3}}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"a": {"x": 1}}, {"a": {"x": None}}, {"a": {}}),
        ({}, {"a": {"x": None, "y": 1}}, {"a": {"y": 1}}),
        ({"containers": [_NGINX]}, {"containers": []}, {"containers": [_NGINX]}),
        ({"command": ["a", "b"]}, {"command": ["c"]}, {"command": ["c"]}),
        (
            {"containers": [_NGINX]},
            {"containers": [{"name": "nginx", "image": "nginx:2", "env": [{"name": "B", "value": "2"}]}]},
            {
                "containers": [
                    {
                        "name": "nginx",
                        "image": "nginx:2",
                        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}],
                    }
                ]
            },
        ),
        (
            {"volumeMounts": [{"name": "a", "mountPath": "/a"}]},
            {"volumeMounts": [{"name": "b", "mountPath": "/a"}, {"name": "a", "mountPath": "/b"}]},
            {"volumeMounts": [{"name": "b", "mountPath": "/a"}, {"name": "a", "mountPath": "/b"}]},
        ),
        (
            {"ports": [{"containerPort": 80, "name": "app"}]},
            {"ports": [{"containerPort": 80, "protocol": "TCP"}, {"containerPort": 9090}]},
            {"ports": [{"containerPort": 80, "name": "app", "protocol": "TCP"}, {"containerPort": 9090}]},
        ),
    ],
)
def test_merged(base: dict[str, Any], over: dict[str, Any], merged: dict[str, Any]) -> None:
    before = repr(base)
    assert merge(base, over) == merged
    assert repr(base) == before, "the manifest below is left as it was"


def test_a_new_item_loses_its_nulls() -> None:
    assert merge({"containers": []}, {"containers": [{"name": "a", "image": None}]}) == {
        "containers": [{"name": "a"}]
    }
