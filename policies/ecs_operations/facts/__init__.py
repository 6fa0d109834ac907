"""What a resource graph means: facts that the rules judge."""
