"""综合情况表: what the yearly (and quarterly) form of an incubator asks, filled from the record."""
