"""The shell steps of the pipelines: each job of .github/workflows, azure-pipelines.yml and .gitlab-ci.yml
calls a module of this package.

``pull_request`` rehearses a change and writes the comment; ``comment`` puts it on the pull request;
``pulumi`` runs the credentialed preview, the update and the search for drift; ``issue`` keeps the issue of a
drift; ``federation`` sets up Azure for all of them. ``comment`` and ``issue`` need the standard library only:
they run without ``make setup``.
"""
