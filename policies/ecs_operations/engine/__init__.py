"""What a rule is, and what runs it: over a graph, behind Pulumi, over a stack. Rules import `registry`, `sentences`."""
