"""The move tables: what is legal on the chain, for firms, graduations, claims and requests."""
