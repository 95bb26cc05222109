"""Settings that the rules of ``model/settings.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "location",
        {"azure-native:location": "usgovvirginia"},
        "azure-native:location: 'usgovvirginia' is not a location name of Azure's public cloud; use the short name that `az account list-locations --query '[].name'` prints",
    ),
    case(
        "location",
        {"azure-native:location": "West-Europa"},
        "azure-native:location: 'west-europa' is not a location name of Azure's public cloud; use the short name that `az account list-locations --query '[].name'` prints (pulumi config set azure-native:location westeurope)",
    ),
    # what may be a secret that continues the line is not repeated
    case(
        "location",
        {"azure-native:location": "West Europe password:hunter2"},
        "azure-native:location: 'West Europe …' is not a location name of Azure's public cloud; use the short name that `az account list-locations --query '[].name'` prints",
    ),
    case(
        "location-is-spelled",
        {"azure-native:location": "westeurop"},
        "azure-native:location: 'westeurop' is no region of Azure, and nearly westeurope; correct it (pulumi config set azure-native:location westeurope)",
    ),
    case(
        "location-is-spelled",
        {"azure-native:location": "US West 2"},
        "azure-native:location: 'uswest2' is no region of Azure, and nearly westus2; correct it (pulumi config set azure-native:location westus2)",
    ),
]
