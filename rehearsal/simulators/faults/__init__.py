"""Bad days: Azure and Kubernetes answer wrongly, late or not at all, rights take time, processes die.

Owns: the document of a bad day (``document.py``), a day made of a number (``seeded.py``), the answers as
Azure and Kubernetes send them (``answers.py``), what their clients do about them (``clients.py``), the day of
one world (``day.py``) and its clock (``clock.py``). Deliberately not here: wrong answers to clients of the
data planes (rehearsal/data_planes/faults.py), which stand in the same document.
"""
