"""Reads of the chain. The first argument is the viewer; what is out of scope is not found."""
