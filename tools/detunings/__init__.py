"""Safeguards that are weakened rather than taken out, by what they guard, and the rules that have to notice it."""
