"""What the customer sees on a second screen: amounts and thanks, no name, nothing of the line."""
