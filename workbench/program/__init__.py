"""What a program is, where it is kept, and how it gets in."""
