"""套表: a superior's blank form of the year, its cells mapped to items of 综合情况表, filled."""
