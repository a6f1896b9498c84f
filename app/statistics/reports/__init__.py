"""Numbered reports: figures frozen at a cut, signed by a second person, opened again by number."""
