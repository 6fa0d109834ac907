"""The instance controller: instances come and go without losing a request."""
