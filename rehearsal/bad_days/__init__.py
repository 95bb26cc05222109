"""Bad days of a rehearsal: processes that die, and a campaign of many days with what brings each stack back.

Owns: deaths (``deaths.py``), the runs of a campaign (``runs.py``), what makes a run cheap (``forks.py``), the
comparison with the cloud of an undisturbed run (``comparison.py``), the processes (``lanes.py``), and the
table at the end (``table.py``). Deliberately not here: what goes wrong (rehearsal/simulators/faults/).
"""
