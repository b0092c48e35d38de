"""Reports: a notebook and parameters in, a folder of files out; knows no domain."""

from __future__ import annotations

import sys

# jsonschema, which nbformat imports, tries this import for a check that nobody asks for, and it takes a third of a
# report's time; with the name taken, jsonschema goes on without the check.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
