"""The VPC, its addresses and ways out, and the private names in it. Others import Network, Discovery and Zone."""
