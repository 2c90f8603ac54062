"""What is measured, and against what; each file is one command."""
