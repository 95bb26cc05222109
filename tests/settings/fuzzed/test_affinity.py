"""The settings and the simulated API server judge every affinity alike."""

import re
from typing import Any

from hypothesis import given

from components.workloads.pod import WorkloadKind
from rehearsal.simulators.kubernetes.apiserver.validation.pods.scheduling import affinity_failures
from stacks.settings.loader import read
from stacks.settings.rules.affinity import affinity_violations
from stacks.settings.validation.commands import format_path
from tests.each import each
from tests.settings.cases import as_config, document
from tests.settings.fuzzed import proved
from tests.settings.fuzzed.manifests import fragments, type_named
from tests.settings.samples import pod

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_LISTED = re.compile(r"\.(matchLabels|namespace)s?\b.*|\[\d+\]$|\.(mis)?matchLabelKeys.*")
"""Places in which the API server names the list, not the item."""


@proved(400)
@given(fragments(type_named("Affinity")))
def test_both_refuse_the_same_places(affinity: dict[str, Any]) -> None:
    refused = [format_path(violation.path) for violation in affinity_violations(affinity, ())]
    failures = [failure.path.lstrip(".") for failure in affinity_failures(affinity, "") if failure.reason]
    assert {_LISTED.sub("", place) for place in refused} == {_LISTED.sub("", place) for place in failures}


def _problems(changes: dict[str, Any]) -> list[str]:
    return [str(p) for p in read("aks-secrets", "dev", as_config(document(changes)), lambda _: False)[1]]


_ANY_NODE = {"key": "kubernetes.io/hostname", "operator": "Exists"}


@each(
    "affinity",
    [
        {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": [{}]}}},
        {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": [{"matchExpressions": [_ANY_NODE]}]}}},
        {"nodeAffinity": {_PREFERRED: [{"weight": 1, "preference": {}}, {"weight": 100, "preference": {}}]}},
        {
            "nodeAffinity": {
                _PREFERRED: [
                    {
                        "weight": 1,
                        "preference": {
                            "matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["-1"]}],
                            "matchFields": [
                                {"key": "metadata.name", "operator": "In", "values": ["aks-system-1"]}
                            ],
                        },
                    }
                ]
            }
        },
        {
            "podAntiAffinity": {
                _REQUIRED: [
                    {
                        "topologyKey": "topology.kubernetes.io/zone",
                        "labelSelector": {
                            "matchLabels": {"app": "shop"},
                            "matchExpressions": [{"key": "team", "operator": "NotIn", "values": ["", "a"]}],
                        },
                        "namespaces": ["shop"],
                        "matchLabelKeys": ["pod-template-hash"],
                    }
                ]
            }
        },
        {"podAffinity": {_REQUIRED: None, _PREFERRED: []}},
    ],
)
def test_accepted_affinities(affinity: dict[str, Any]) -> None:
    assert _problems({"workloads": [pod(affinity=affinity)]}) == []


def test_what_overrides_add_completes_an_affinity() -> None:
    """Kubernetes gets the merged one: neither part is complete."""
    terms = {
        "spec": {
            "template": {"spec": {"affinity": {"nodeAffinity": {_REQUIRED: {"nodeSelectorTerms": [{}]}}}}}
        }
    }
    workload = pod(kind=WorkloadKind.DEPLOYMENT, affinity={"nodeAffinity": {_REQUIRED: {}}}, overrides=terms)
    assert _problems({"workloads": [workload]}) == []
    assert _problems({"workloads": [{**workload, "overrides": {}}]}) != []
