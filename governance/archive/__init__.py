"""What leaves an instance whole: backups, which come back, and the export, which needs nobody to be read."""
