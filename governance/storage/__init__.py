"""Engines, guards and files: everything that knows which database or file system it talks to."""
