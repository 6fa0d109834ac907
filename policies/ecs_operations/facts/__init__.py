"""What the resources of a program mean: values, links, permissions, zones. Nothing here knows a rule."""
