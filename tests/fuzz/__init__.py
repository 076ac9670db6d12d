"""Any bytes through the real stages: a result or a dead letter, in bounded time and memory."""
