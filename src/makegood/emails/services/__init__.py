"""What a person, a run or the worker can do with e-mail."""
