"""The capacity controller: room for what is wanted, and for the next tasks. Others import `settings` and `metrics`."""
