"""What both halves use: names, the location and its ARNs, IAM documents, alarms as data. Others import the modules."""
