"""The form of a domain, as several keys take it."""

DOMAIN = r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$"
"""Two labels at least, in lower case (RFC 1035, with the digits of RFC 1123)."""
