"""Plan a CRM program and prove that it pays.

Importing this package is cheap: nothing heavy is loaded until a room of it is used.
"""

__version__ = "0.1.0"
