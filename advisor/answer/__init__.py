"""Writing the answer: prompts and chat model, grounding (what may be said), safe rendering."""
