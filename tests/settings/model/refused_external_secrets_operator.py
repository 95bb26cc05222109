"""Settings that the rules of ``model/external_secrets_operator.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "operator-replicas",
        {"operators": {"external_secrets": {"replicas": 9}}},
        "operators.external_secrets.replicas: 9 replicas is out of range; choose 1 to 5 (pulumi config set --path 'operators.external_secrets.replicas' 5)",
    ),
]
