"""What to do, and in which order."""
