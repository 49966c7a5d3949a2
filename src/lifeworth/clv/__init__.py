"""What each customer is worth."""
