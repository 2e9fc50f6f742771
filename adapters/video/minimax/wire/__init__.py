"""What is sent to MiniMax and what it answers: pure functions, `v1` for the older API and `v2` for the newer."""
