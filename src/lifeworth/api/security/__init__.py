"""What every request passes before it is answered: whose host, how much, how often, who asks, from which page."""
