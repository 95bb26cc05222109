"""The trial of offered commands is bounded by what it reads."""

from collections.abc import Mapping

from stacks.settings.validation.mending import Examined, with_commands_that_mend
from stacks.settings.validation.problems import Problem
from tests.each import each


@each("size, most", [(1_000, 200), (50_000, 20), (2_000_000, 1)])
def test_a_large_config_is_read_again_a_few_times_only(size: int, most: int) -> None:
    """200 workloads with a wrong key each took a minute and a half: each command reads all of them again."""
    problems = [
        Problem("a-rule", ("workloads", at, "port"), "is wrong", "mend it", "80") for at in range(300)
    ]
    read: list[int] = []

    def examine(changed: Mapping[str, str], _: frozenset[str]) -> Examined:
        read.append(len(changed))
        return Examined(problems, complete=True)

    config = {"aks-secrets:workloads": "[" + "{}, " * 299 + "{}]", "aks-secrets:tags": " " * size}
    assert (
        len(with_commands_that_mend(Examined(problems, complete=True), config, "aks-secrets", examine)) == 300
    )
    assert 1 <= len(read) <= most
