"""Charts of finished results."""
