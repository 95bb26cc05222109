"""Settings that the rules of ``rules/affinity.py`` refuse, with the exact words."""

from typing import Any

from tests.settings.cases import case
from tests.settings.samples import pod, template

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def _of_nodes(**lists: Any) -> dict[str, Any]:
    keys = {"required": _REQUIRED, "preferred": _PREFERRED}
    return {"nodeAffinity": {keys[name]: terms for name, terms in lists.items()}}


def _nodes(**lists: Any) -> dict[str, Any]:
    return {"workloads": [pod(affinity=_of_nodes(**lists))]}


def _expressions(*expressions: dict[str, Any]) -> dict[str, Any]:
    return _nodes(required={"nodeSelectorTerms": [{"matchExpressions": list(expressions)}]})


def _pods(term: dict[str, Any]) -> dict[str, Any]:
    return {"workloads": [pod(affinity={"podAntiAffinity": {_REQUIRED: [term]}})]}


CASES = [
    case(
        "affinity-values",
        _nodes(required={"nodeSelectorTerms": []}),
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: missing or empty; list at least one term, or remove what is around it",
    ),
    case(
        "affinity-values",
        _nodes(
            preferred=[{"weight": 0, "preference": {}}, {"weight": 200, "preference": {}}, {"preference": {}}]
        ),
        "workloads[0].affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: 0 is out of range; choose 1 to 100 (pulumi config set --path 'workloads[0].affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight' 1)",
        "workloads[0].affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[1].weight: 200 is out of range; choose 1 to 100 (pulumi config set --path 'workloads[0].affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[1].weight' 100)",
        "workloads[0].affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[2].weight: missing; choose 1 to 100 (pulumi config set --path 'workloads[0].affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[2].weight' 1)",
    ),
    case(
        "affinity-values",
        _expressions(
            {"key": "team", "operator": "in", "values": ["shop"]}, {"key": "team"}, {"operator": "Exists"}
        ),
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: is not an operator here; choose In, NotIn, Exists, DoesNotExist, Gt or Lt (pulumi config set --path 'workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator' In)",
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].operator: missing or empty; choose In, NotIn, Exists, DoesNotExist, Gt or Lt",
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].key: is not the key of a label; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a domain and a slash may stand before",
    ),
    case(
        "affinity-values",
        _expressions(
            {"key": "team", "operator": "In"},
            {"key": "team", "operator": "Exists", "values": ["shop"]},
            {"key": "cores", "operator": "Gt", "values": ["4", "8"]},
            {"key": "team", "operator": "In", "values": ["a b"]},
        ),
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: missing or empty; list what In compares",
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values: has no effect with operator: Exists; remove it (pulumi config rm --path 'workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1].values')",
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[2].values: has 2 values, and Gt compares one; list one number",
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[3].values[0]: is not the value of a label; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end",
    ),
    case(
        "affinity-values",
        _nodes(
            required={
                "nodeSelectorTerms": [
                    {
                        "matchFields": [
                            {"key": "spec.unschedulable", "operator": "Exists"},
                            {"key": "metadata.name", "operator": "In", "values": []},
                            {"key": "metadata.name", "operator": "In", "values": ["Node"]},
                        ]
                    }
                ]
            }
        ),
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].operator: is not an operator here; choose In or NotIn",
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: is not a field of nodes; choose metadata.name, the only field that selects nodes (pulumi config set --path 'workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key' metadata.name)",
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[1].values: has 0 values; list one name of a node",
        "workloads[0].affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[2].values[0]: is not the name of a node; use one",
    ),
    case(
        "affinity-values",
        _pods({"labelSelector": {"matchLabels": {"app": "a b"}}, "namespaces": ["Shop"], "topologyKey": ""}),
        'workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels["…"]: is not a label with its value; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end',
        "workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaces[0]: is not the name of a namespace; use one",
        "workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: missing or empty; name the label of nodes that the rule compares, such as kubernetes.io/hostname",
    ),
    case(
        "affinity-values",
        _pods(
            {
                "topologyKey": "a b",
                "labelSelector": {"matchExpressions": [{"key": "app", "operator": "Gt", "values": ["1"]}]},
            }
        ),
        "workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].operator: is not an operator here; choose In, NotIn, Exists or DoesNotExist",
        "workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: is not the key of a label; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a domain and a slash may stand before",
    ),
    case(
        "affinity-values",
        _pods({"topologyKey": "zone", "matchLabelKeys": ["app"]}),
        "workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: needs labelSelector, to which it adds; set it, or remove the keys",
    ),
    case(
        "affinity-values",
        _pods(
            {
                "topologyKey": "zone",
                "labelSelector": {
                    "matchLabels": {"app": "shop"},
                    "matchExpressions": [{"key": "app", "operator": "Exists"}],
                },
                "matchLabelKeys": ["app", "a b"],
                "mismatchLabelKeys": ["app"],
            }
        ),
        "workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[1]: is not the key of a label; use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a domain and a slash may stand before",
        "workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[0]: labelSelector has this key, too; keep it in one of them",
        "workloads[0].affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys[0]: mismatchLabelKeys has this key, too; keep it in one of them",
    ),
    case(
        "affinity-values",
        {"workloads": [pod(overrides=template({"affinity": _of_nodes(required={})}))]},
        "workloads[0].overrides.spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: missing or empty; list at least one term, or remove what is around it",
    ),
]
