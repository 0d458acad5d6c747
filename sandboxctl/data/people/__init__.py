"""What is known of people in the UK: how old they are, what they are called, how addressed."""
