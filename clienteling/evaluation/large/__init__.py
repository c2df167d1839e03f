"""A whole shop of a given size: loading it, starting it again, and using it."""
