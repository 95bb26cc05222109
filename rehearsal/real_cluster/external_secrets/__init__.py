"""The real External Secrets Operator: its controller, against a real API server.

`chart.py` is what the pinned chart makes of its values, flags and rights; `operator.py` starts the
controller; `outcome.py` reads what it has made of an object. Its webhook and its certificate controller do
not run.
"""
