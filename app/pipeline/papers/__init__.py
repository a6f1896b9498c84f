"""What goes on papers that stay as they were: assembled in words and frozen in both languages."""
