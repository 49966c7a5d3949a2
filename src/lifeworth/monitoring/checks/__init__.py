"""The checks, by theme: each a plain function from what is seen to what is found."""
