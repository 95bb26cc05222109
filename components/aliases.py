"""What ``pulumi state move`` takes to another stack while its parent stays: it arrives there without one (docs/compositions.md).

With this among its aliases the program of the other stack finds it, and puts it below its own parent again.
"""

import pulumi

ROOT_ALIAS = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)
