"""An import from upload to commit: what is kept of the file, the plan, the write, the undo."""
