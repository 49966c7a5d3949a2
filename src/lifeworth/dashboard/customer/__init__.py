"""One customer: the value and its reasons, a whole life, and what to do."""
