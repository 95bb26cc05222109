"""Base class of an operator's section: ``operators.<operator>``."""

from typing import Annotated, ClassVar

from components.identity.principal import ServiceAccount
from components.operators import Operator
from stacks.settings.model.section import Section
from stacks.settings.types import nearly
from stacks.settings.types.azure import IdentityName
from stacks.settings.validation.constraints import Pattern

ChartVersion = Annotated[
    str,
    Pattern(
        "chart-version",
        r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?",
        is_a="chart version",
        remedy="write all three numbers, because a range would follow new charts",
        example="1.8.2",
        mended=nearly.chart_version,
        source="https://helm.sh/docs/topics/charts/#charts-and-versioning",
    ),
]


class OperatorSettings(Section):
    """An operator in the cluster. The file of an operator defines its section; ``OperatorsSettings`` lists
    it.
    """

    operator: ClassVar[Operator]
    default_install: ClassVar[str | None] = None
    """Value of ``install`` that a message suggests. None: the section has no key ``install``."""

    @property
    def chart_namespace(self) -> str | None:
        """Namespace that the program creates for the chart. None: the program installs no chart."""
        raise NotImplementedError


def operator_identity(operator: Operator) -> str:
    """Name of the identity of an operator among those of workloads, which have no slash in their names."""
    return f"{operator.value}/identity"


class ReadingOperatorSettings(OperatorSettings):
    """An operator that reads the vaults as itself, for all workloads of its technique."""

    identity: IdentityName | None = None
    """Identity as which the operator reads, by its name in `identities`; an identity of its own by default.
    With `install: existing` it is the one as which the operator reads already.
    """

    @property
    def service_account(self) -> ServiceAccount | None:
        """ServiceAccount of the operator, which the identity trusts. None: the program does not install the
        operator, whose identity trusts it already.
        """
        raise NotImplementedError
