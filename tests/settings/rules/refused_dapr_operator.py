"""Settings that the rules of ``rules/dapr_operator.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "dapr-key-of-another-install",
        {"operators": {"dapr": {"install": "existing", "version": "1.18.3"}}},
        "operators.dapr.version: goes with install: helm or extension, not with install: existing; take it out, or change install (pulumi config rm --path 'operators.dapr.version')",
    ),
    case(
        "dapr-key-of-another-install",
        {"operators": {"dapr": {"settings": {"a": "b"}}}},
        "operators.dapr.settings: goes with install: extension, not with install: helm; take it out, or change install (pulumi config rm --path 'operators.dapr.settings')",
    ),
    case(
        "dapr-key-of-another-install",
        {
            "operators": {
                "dapr": {"install": "extension", "version": "1.14.4", "namespace": "dapr", "scheduler": False}
            }
        },
        "operators.dapr.namespace: goes with install: helm, not with install: extension; take it out, or change install (pulumi config rm --path 'operators.dapr.namespace')",
        "operators.dapr.scheduler: goes with install: helm, not with install: extension; take it out, or change install (pulumi config rm --path 'operators.dapr.scheduler')",
    ),
    case(
        "dapr-extension-version",
        {"operators": {"dapr": {"install": "extension"}}},
        "operators.dapr.version: missing, and without one Azure upgrades Dapr when it likes; choose one that Azure lists (az k8s-extension extension-types list-versions-by-location --extension-type Microsoft.Dapr --location <location>)",
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
        'operators.dapr.settings["global.ha.enabled"]: the program sets it, from high_availability; take it out (pulumi config rm --path \'operators.dapr.settings["global.ha.enabled"]\')',
    ),
    case(
        "dapr-knows-the-method",
        {"operators": {"dapr": {"version": "1.12.4"}}},
        "operators.dapr.version: 1.12.4 may read the vault as the node; choose 1.13.0 or newer (pulumi config set --path 'operators.dapr.version' 1.18.3)",
    ),
]
