"""Settings that the rules of ``rules/people.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import GUID

CASES = [
    case(
        "person-listed-once",
        {"people": {"users": [GUID], "groups": [GUID.upper()]}},
        "people.groups[0]: 'aaaaaaaa-0000-0000-0000-000000000000' is listed twice; list it once, under its principal type",
    ),
]
