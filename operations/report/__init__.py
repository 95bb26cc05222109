"""The access report: what a change does to who reads what, for a pull request, a browser or a program.

``model.py`` is the report as data, ``build.py`` makes it of two graphs, ``markdown.py`` and ``page/``
write it.
"""
