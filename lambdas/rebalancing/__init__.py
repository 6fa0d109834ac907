"""The rebalancing controller: tasks follow the instances, so that the last batch of an update does not stay empty."""
