"""The alias of resources that ``pulumi state move`` takes to another stack without their parent
(docs/compositions.md).

Such a resource arrives there as a child of the root stack. With this alias the other stack's program finds it
and puts it below its parent.
"""

import pulumi

ROOT_ALIAS = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
