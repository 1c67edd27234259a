"""The append-only Merkle log of everything that happened: the one way in, replay, and verification."""
