"""The steps of a composition: each creates components from the settings and from earlier resources."""
