"""What an installation begins with: code lists, parks, targets; and the demo population."""
