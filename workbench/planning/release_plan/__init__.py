"""Which projects to do, and in which release: the best plan, and how sure it is."""
