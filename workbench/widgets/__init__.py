"""Panels for live pages: what people see and press. They compute nothing."""
