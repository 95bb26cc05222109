"""Settings that the rules of ``model/operator_section.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "chart-version",
        {"operators": {"csi_driver": {"install": "helm", "version": "latest"}}},
        "operators.csi_driver.version: 'latest' is not a chart version; write all three numbers, because a range would follow new charts",
    ),
]
