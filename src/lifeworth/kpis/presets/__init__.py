"""Other tools' figures by other tools' rules, on the same data."""
