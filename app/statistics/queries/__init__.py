"""Reads of the statistics room."""
