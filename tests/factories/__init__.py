"""Makers of records for tests, one file a room."""
