"""The instance controller: instances come and go without losing a request. Others import `settings` and `metrics`."""
