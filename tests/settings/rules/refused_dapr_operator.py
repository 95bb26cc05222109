"""Settings that the rules of ``rules/dapr_operator.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "dapr-key-of-another-install",
        {"operators": {"dapr": {"install": "existing", "version": "1.18.3"}}},
        "operators.dapr.version: has no effect with install: existing; remove it, or choose helm or extension (pulumi config rm --path 'operators.dapr.version')",
    ),
    case(
        "dapr-key-of-another-install",
        {"operators": {"dapr": {"settings": {"a": "b"}}}},
        "operators.dapr.settings: has no effect with install: helm; remove it, or choose extension (pulumi config rm --path 'operators.dapr.settings')",
    ),
    case(
        "dapr-key-of-another-install",
        {
            "operators": {
                "dapr": {"install": "extension", "version": "1.14.4", "namespace": "dapr", "scheduler": False}
            }
        },
        "operators.dapr.namespace: has no effect with install: extension; remove it, or choose helm (pulumi config rm --path 'operators.dapr.namespace')",
        "operators.dapr.scheduler: has no effect with install: extension; remove it, or choose helm (pulumi config rm --path 'operators.dapr.scheduler')",
    ),
    case(
        "dapr-extension-version",
        {"operators": {"dapr": {"install": "extension"}}},
        "operators.dapr.version: missing, so Azure would upgrade Dapr at any time; choose a version that Azure lists (az k8s-extension extension-types list-versions-by-location --extension-type Microsoft.Dapr --location <location>)",
    ),
    case(
        "dapr-extension-settings",
        {
            "operators": {
                "dapr": {
                    "install": "extension",
                    "version": "1.14.4-msft.10",
                    "settings": {"global.ha.enabled": "true"},
                }
            }
        },
        'operators.dapr.settings["global.ha.enabled"]: is set by the program, from high_availability; remove it (pulumi config rm --path \'operators.dapr.settings["global.ha.enabled"]\')',
    ),
    case(
        "dapr-knows-the-method",
        {"operators": {"dapr": {"version": "1.12.4"}}},
        "operators.dapr.version: 1.12.4 could read the vault with the node's identity; choose 1.13.0 or newer (pulumi config set --path 'operators.dapr.version' 1.18.3)",
    ),
]
