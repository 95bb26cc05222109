"""Settings that the rules of ``rules/waivers.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import pod, waiver

CASES = [
    case(
        "waiver-day-exists",
        {"waivers": [waiver(expires="2027-02-30")]},
        "waivers[0].expires: '2027-02-30' is not a day of the calendar; the month ends with 2027-02-28 (pulumi config set --path 'waivers[0].expires' 2027-02-28)",
    ),
    case(
        "waiver-day-exists",
        {"waivers": [waiver(expires="2028-02-30")]},
        "waivers[0].expires: '2028-02-30' is not a day of the calendar; the month ends with 2028-02-29 (pulumi config set --path 'waivers[0].expires' 2028-02-29)",
    ),
    case(
        "waiver-names-a-workload",
        {"workloads": [pod(name="orders")], "waivers": [waiver(workload="order")]},
        "waivers[0].workload: the stack has no workload 'order'; choose orders (pulumi config set --path 'waivers[0].workload' orders)",
    ),
    case(
        "waiver-names-a-workload",
        {"composition": "platform", "workloads": None, "waivers": [waiver(workload="shop")]},
        "waivers[0].workload: the stack has no workload 'shop'; remove it: the stack has no workloads (pulumi config rm --path 'waivers[0].workload')",
    ),
    case(
        "waivers-differ",
        {"waivers": [waiver(workload="shop"), waiver(), waiver(workload="shop", expires="2028-01-31")]},
        "waivers[2]: is another waiver of image-pinned for workload shop; keep one of them",
    ),
    case(
        "waivers-differ",
        {"waivers": [waiver(), waiver(reason="again")]},
        "waivers[1]: is another waiver of image-pinned for the whole stack; keep one of them",
    ),
]

SCENES = {"waivers[]": {"workloads": [pod()], "waivers": [waiver(proof="role-scope", expires="2028-01-31")]}}
