"""What a rule is, and what runs it: over a graph, over a deployed stack.

Rules import `registry`, `sentences` and `shared_settings`.
"""
