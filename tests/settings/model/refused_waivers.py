"""Settings that the types of ``model/waivers.py`` refuse, with the exact words."""

from tests.settings.cases import Case, case
from tests.settings.samples import waiver

_DAY = "write year, month and day: 2027-01-31"


def _expires(value: str, suggested: str | None = None) -> Case:
    command = f" (pulumi config set --path 'waivers[0].expires' {suggested})" if suggested else ""
    return case(
        "waiver-day",
        {"waivers": [waiver(expires=value)]},
        f"waivers[0].expires: {value!r} is not a day in the form YYYY-MM-DD; {_DAY}{command}",
    )


CASES = [
    case(
        "waiver-proof",
        {"waivers": [waiver(proof="Image pinned")]},
        "waivers[0].proof: 'Image pinned' is not a name of a proof; write it as the proof's line in `preview` begins: lower-case words with hyphens (pulumi config set --path 'waivers[0].proof' image-pinned)",
    ),
    case(
        "waiver-reason",
        {"waivers": [waiver(reason=" \n")]},
        "waivers[0].reason: the value is not a reason of 1 to 500 characters; say why the proof may be broken: reports show it",
    ),
    case(
        "waiver-reason",
        {"waivers": [waiver(reason="x" * 501)]},
        "waivers[0].reason: the value is not a reason of 1 to 500 characters; say why the proof may be broken: reports show it",
    ),
    _expires("31.1.2027", "2027-01-31"),
    _expires("2027/1/31", "2027-01-31"),
    _expires("2027-01-31T00:00:00Z", "2027-01-31"),
    _expires("2027-02-30T00:00:00Z"),
    _expires("01/02/2027"),
    _expires("next year"),
    _expires("2027-13-01"),
    _expires("0000-01-31"),
]
