"""Monitoring: what has gone wrong in the data, the business or the model, told once, with its cause, its money and the next step."""
