"""One person in a register twice: finding them, comparing, merging, and taking a merge back."""
