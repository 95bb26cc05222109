"""Tools in JavaScript that the project pins: npm installs their packages from a lock."""
