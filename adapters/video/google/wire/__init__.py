"""What is said to Google and what it says, without any of the saying: pure functions and the models of its JSON."""
