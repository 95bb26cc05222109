"""Resources that exist independently of a stack: those that it may not use, and those that are not there."""
