"""What the resources of a program mean: values, links, permissions, zones. Rules and engine import the modules."""
