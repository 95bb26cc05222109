"""Settings at random: what they accept, the simulated API server, operators and Azure accept.

More runs than the suite has: ``FUZZED=20000 python -m pytest -q tests/settings/fuzzed``.
"""

import os

from hypothesis import HealthCheck, settings


def proved(runs: int) -> settings:
    """So many runs, the same ones each time; ``FUZZED`` in the environment makes others, and more."""
    more = os.environ.get("FUZZED")
    return settings(
        max_examples=int(more or runs),
        derandomize=not more,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
