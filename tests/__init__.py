"""The tests: the specification of the advisor."""
