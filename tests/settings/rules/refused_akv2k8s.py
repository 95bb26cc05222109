"""Settings that the rules of ``rules/akv2k8s.py`` refuse, with the exact words."""

from tests.settings.cases import case

_READER = {"name": "readers", "existing": {"name": "id-readers", "resource_group": "rg-readers"}}
_OF_THE_CONTROLLER = {"identities": [_READER], "operators": {"akv2k8s": {"identity": "readers"}}}
SCENES = {"operators.akv2k8s.install": _OF_THE_CONTROLLER}

CASES = [
    case(
        "akv2k8s-resync-period-lowest",
        {"operators.akv2k8s": {"resync_period": "29s"}},
        "operators.akv2k8s.resync_period: '29s' is less than 30 seconds; choose at least 30 seconds (pulumi config set --path 'operators.akv2k8s.resync_period' 30s)",
    ),
    case(
        "akv2k8s-key-of-another-install",
        {
            **_OF_THE_CONTROLLER,
            "operators": {"akv2k8s": {"install": "existing", "identity": "readers", "version": "2.8.4"}},
        },
        "operators.akv2k8s.version: has no effect with install: existing; remove it, or choose helm (pulumi config rm --path 'operators.akv2k8s.version')",
    ),
    case(
        "akv2k8s-workload-identity",
        {"operators.akv2k8s": {"version": "2.4.2"}},
        "operators.akv2k8s.version: 2.4.2 does not sign in with workload identity; choose 2.8.4 (pulumi config set --path 'operators.akv2k8s.version' 2.8.4)",
    ),
]
