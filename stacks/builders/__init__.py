"""The steps of a composition: each makes components from settings and from what earlier steps made."""
