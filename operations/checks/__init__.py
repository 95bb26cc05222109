"""Checks of what exists: each gives findings, and the command shows them, the worst first."""

from operations.checks.finding import Finding, State, counts, exit_status, worst_first
from operations.checks.run import Check, run_checks, run_each
from operations.checks.show import document, print_lines, table

__all__ = [
    "Check",
    "Finding",
    "State",
    "counts",
    "document",
    "exit_status",
    "print_lines",
    "run_checks",
    "run_each",
    "table",
    "worst_first",
]
