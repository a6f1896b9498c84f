"""Forms of the firms room."""
