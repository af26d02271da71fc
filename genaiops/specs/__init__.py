"""What is read: the files that a user writes."""
