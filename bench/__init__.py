"""The performance figures, each a ratio against a floor in the same run: ``script/bench``."""
