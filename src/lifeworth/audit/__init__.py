"""The customer-base audit: five ways to look at the same purchases."""
