"""What is shown: data for `--json`, and the same drawn for people. Nothing here asks AWS."""
