"""What the program costs and what it returns."""
