"""Tests of the carriers room."""
