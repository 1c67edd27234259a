"""What pages, services and doors look up. Every function takes the session it reads from: live, or as of a leaf."""
