"""The project's own questions and what a right answer must hold."""
