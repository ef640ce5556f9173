"""What the workflows need from outside, as Protocols only; adapters implement them, fakes stand in for tests."""
