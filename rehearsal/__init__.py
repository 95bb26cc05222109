"""The whole program on the real Pulumi engine with no cloud account: a rehearsal, not a mock.

`python -m rehearsal preview --stack dev`. What it proves and what it does not: docs/rehearsal.md.
"""
