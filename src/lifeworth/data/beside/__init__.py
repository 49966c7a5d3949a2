"""Tables beside orders: whatever brings them in, typed as `data/further.py` says, with every row used or set aside."""
