"""Names of Pulumi's own things that the settings refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import ON_A_PLATFORM, secret, workload

CASES = [
    case(
        "stack-name",
        ON_A_PLATFORM | {"platform": {"stack": "a/b"}},
        "platform.stack: 'a/b' is not a name of a stack; write organization/project/stack, or the stack alone where project and organization are the same",
    ),
    case(
        "stack-output-name",
        {
            "workloads": [
                workload(
                    secrets=[secret(from_="stack", stack={"name": "data", "output": "db['canary-7f3a']"})]
                )
            ]
        },
        "workloads[0].secrets[0].stack.output: the value is not a name of an output; use the name that `pulumi stack output` lists, without a path: that is property",
    ),
]
