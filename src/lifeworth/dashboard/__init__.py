"""The dashboard: pages of all parts, drawn from the same specs as the report, for people who are no programmers."""
