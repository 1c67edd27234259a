"""The demo portfolio: an invented company whose story is replayed through the services, with its dates."""
