"""One script a family; each runs in an environment of its own, see `record`."""
