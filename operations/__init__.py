"""Commands that a stack needs besides `pulumi up`, for the days on which something went wrong.

`python -m operations resume --stack dev`. The commands call the Pulumi CLI with the environment that they
get, so the rehearsal runs them against its simulators. One file per command in commands/.
"""
