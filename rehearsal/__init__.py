"""Rehearsals: the whole program on the real Pulumi engine, without a cloud account.

`python -m rehearsal preview --stack dev`. docs/rehearsal.md lists what a rehearsal proves and what it does
not.
"""
