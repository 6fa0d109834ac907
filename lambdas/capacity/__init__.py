"""The capacity controller: keeps room for the tasks that are wanted, and for the next ones."""
