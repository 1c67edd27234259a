"""What one policy changes against another, as a list of typed changes in the order of the policy."""
