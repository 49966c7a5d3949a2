"""The calculator: the simple formula and the model's own drivers, moved by hand."""
