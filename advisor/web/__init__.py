"""The chat in the browser: a Gradio page inside our own FastAPI app."""
