"""Settings that the rules of ``model/pod_spec.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod

CASES = [
    case(
        "priority-class",
        {"workloads": [pod(priority_class="High Priority")]},
        "workloads[0].priority_class: 'High Priority' is not a name of a PriorityClass; use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end (pulumi config set --path 'workloads[0].priority_class' high-priority)",
    ),
    case(
        "host-name",
        {"workloads": [pod(host_aliases=[{"ip": "10.20.0.4", "hostnames": ["db_1"]}])]},
        "workloads[0].host_aliases[0].hostnames[0]: 'db_1' is not a host name; use lower-case letters, digits, hyphens and full stops, a letter or digit at each end",
    ),
    case(
        "fs-group",
        {"workloads": [pod(fs_group=-1)]},
        "workloads[0].fs_group: -1 as a group id is out of range; choose 0 to 2147483647 (pulumi config set --path 'workloads[0].fs_group' 0)",
    ),
    case(
        "toleration-seconds",
        {
            "workloads": [
                pod(
                    tolerations=[
                        {"key": "team", "operator": "Exists", "effect": "NoExecute", "toleration_seconds": -1}
                    ]
                )
            ]
        },
        "workloads[0].tolerations[0].toleration_seconds: -1 seconds is out of range; choose 0 to 2147483647 (pulumi config set --path 'workloads[0].tolerations[0].toleration_seconds' 0)",
    ),
]
